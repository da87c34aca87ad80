from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, above OWASP's minimum of 19.

    Django's default takes 100 MiB and 8 threads for each login: 20 people who log in at once would
    need 2 GiB.
    """

    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1
