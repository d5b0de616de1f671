"""How long records are kept, what keeps them longer, and their erasure.

The country pack declares each class of record (`retention.csv`): the period, the event from which
it counts, the ground. Apps register what they keep under a class. Erasing destroys the record's
key in the vault and deletes the app's rows; a legal hold blocks it.
"""
