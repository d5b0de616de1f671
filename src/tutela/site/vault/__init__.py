"""Records of persons, encrypted: a key per record, sealed to the organisations entitled to it.

A record's key is sealed to the public keys of organisations. An organisation's private key is
sealed to each member entitled to it; a member's private key is wrapped under their password and
unwrapped only in their session (accounts.session_secret). Background jobs open nothing. Nobody
else opens anything but the off-line recovery key.
"""
