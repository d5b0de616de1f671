"""What a controller must be able to show: the register of processing, and the register of breaches.

GDPR art. 30 (records of processing activities), 33 (72 hours to tell the authority), 34 (telling
the people concerned), 33(5) (documenting every breach, notified or not).
"""
