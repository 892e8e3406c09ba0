"""The vault's errors, each with its code. Nothing here falls back to plaintext."""

from kept._kit.errors import KeptError, code

NO_KEY = code("V001", "The key of this data is gone", do="nothing can open it; it was erased")
NOT_AUTHENTIC = code(
    "V002",
    "An envelope does not open",
    do="it was changed, cut, moved from another row or replaced by an older one; restore the row",
)
BAD_FORMAT = code("V003", "Bytes that are no envelope", do="restore the row from a backup")
NO_MASTER = code("V004", "A master key is missing", do="give the provider that version back")
UNSAFE_ROOTS = code("V005", "Keys and data are not kept apart", do="move one of them")
LOOSE = code("V006", "Permissions are too wide", do="chmod 700 the folder and 600 its files")
STORE_LOST = code(
    "V007", "The key store is not there but what needs it is", do="mount or restore the key store"
)
STORE_NEWER = code("V008", "The key store is of another version", do="run the version that made it")
NOT_ACTIVE = code(
    "V009", "The subject is not active", do="nothing is stored about an erased person"
)
NOT_ALLOWED = code("V010", "The policy does not let this be stored", do="see what is missing")
NO_SUBJECT = code(
    "V011", "A row with personal data has no subject", do="set `subject` or give its identifier"
)
REFUSED_PATH = code("V012", "Sealed fields do not do this", do="see what sealed fields cannot do")
STALE = code("V013", "The row was changed at the same time, again and again", do="try again later")
UNDECLARED = code("V014", "A model and its clause do not agree", do="change one of them")
IDENTIFIER = code("V015", "Not a usable identifier", do="check the value")
UNKNOWN_PROVIDER = code("V016", "Unknown provider of master keys", do="use `file` or `environment`")
CANNOT_MAKE = code("V017", "The provider cannot make or destroy master keys", do="do it by hand")
BAD_VALUE = code("V018", "A value of a kind that a sealed field cannot hold", do="convert it first")
TWICE = code("V020", "A model is declared twice, differently", do="keep one declaration")
UNDECLARED_MODEL = code("V021", "A model does not say what it keeps about people", do="declare it")
PROBING = code(
    "V022", "Too many identifiers looked up in one scope", do="open a scope per piece of work"
)
HOLD = code(
    "V040", "A hold cannot be placed so", do="name a reason of [holds] and an end within its limit"
)
NO_HOLD = code("V041", "There is no such hold", do="see `kept vault hold list`")
STATUTE = code(
    "V045",
    "What a law keeps cannot be read so",
    do='name the statute, and a purpose of the policy with `basis = "legal-obligation"`',
)
MERGE = code("V042", "These two subjects cannot be merged", do="see why; nothing was changed")
JOURNAL = code(
    "V044", "This is no journal of this site", do="give the file that `journal export` wrote"
)
UNFINISHED = code(
    "V035",
    "A restore was begun and is not finished",
    do="run `kept restore` again with the same words; nothing is served before",
)
NOT_SEALABLE = code(
    "V070", "This column cannot be sealed", do="see the guide to adopting a site, then change it"
)
NOT_ATOMIC = code(
    "V071",
    "Sealing does not fit into one transaction",
    do="write `atomic = False` in the migration class and keep sealing in a migration of its own",
)
NOT_THE_SAME = code(
    "V072",
    "A value would not come back as it was",
    do="choose the kind of sealed field that its column has, or correct the row; nothing was lost",
)
WOULD_LOSE = code(
    "V073",
    "A migration would drop clear columns before they are sealed",
    do="delete the migration and run `manage.py makemigrations` with `kept.vault` installed",
)
NOT_SCRUBBED = code(
    "V074",
    "Clear text may remain in the database's files",
    do="end every other connection to the database and run `manage.py migrate` again",
)
STORE_FAILED = code("V019", "The key store cannot be reached", do="see the cause and try again")


class VaultError(KeptError):
    """Base of what the vault raises."""


class NoKeyError(VaultError):
    """The key is not in the store: destroyed, or the store is another one."""


class NotAuthenticError(VaultError):
    """An envelope that does not belong to its place, or was damaged."""


class RefusedError(VaultError):
    """A use of sealed data that the vault does not offer; the text says what to do instead."""


class NotStoredError(VaultError):
    """Nothing was written: the gate denies it, the subject is not active, or there is none."""


class MisconfiguredError(VaultError):
    """A start-up refusal: roots, permissions, master keys, store versions."""
