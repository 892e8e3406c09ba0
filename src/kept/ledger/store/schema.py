"""The tables of the ledger's database, versioned.

Rules: nothing names an entry's place in the log: it is found by mark or subject, its leaf only
by opening it. `{blob}` and `{big}` stand for each engine's words.
"""

VERSION = 2

TABLES = """
CREATE TABLE schema_version (version {big} NOT NULL) {plain};
CREATE TABLE inbox (
  mark {blob} PRIMARY KEY, subject {blob}, day {big} NOT NULL, body {blob} NOT NULL,
  mac {blob} NOT NULL) {plain};
CREATE TABLE entry (
  mark {blob} PRIMARY KEY, subject {blob}, day {big} NOT NULL, body {blob} NOT NULL,
  mac {blob} NOT NULL) {plain};
CREATE INDEX entry_subject ON entry (subject) WHERE subject IS NOT NULL;
CREATE TABLE refused (
  mark {blob} NOT NULL, subject {blob}, day {big} NOT NULL, body {blob} NOT NULL,
  mac {blob} NOT NULL, place TEXT NOT NULL) {plain};
CREATE TABLE bundle (number {big} PRIMARY KEY, leaves {blob} NOT NULL) {plain};
CREATE TABLE tile (
  level {big} NOT NULL, number {big} NOT NULL, hashes {blob} NOT NULL,
  PRIMARY KEY (level, number)) {plain};
CREATE TABLE batch (
  number {big} PRIMARY KEY, first {big} NOT NULL, size {big} NOT NULL UNIQUE,
  events {big} NOT NULL, day {big} NOT NULL, root {blob} NOT NULL, note TEXT NOT NULL,
  mac {blob} NOT NULL) {plain};
CREATE INDEX batch_day ON batch (day, number);
CREATE TABLE seen (
  place TEXT PRIMARY KEY, batch {big} NOT NULL, noted {big} NOT NULL, mac {blob} NOT NULL) {plain};
CREATE TABLE anchored (name TEXT PRIMARY KEY, size {big} NOT NULL, day {big} NOT NULL) {plain};
CREATE TABLE finding (code TEXT NOT NULL, message TEXT NOT NULL, day {big} NOT NULL,
  PRIMARY KEY (code, message)) {plain}
"""

WORDS = {
    "sqlite": {"blob": "BLOB", "big": "INTEGER", "plain": "STRICT"},
    "postgresql": {"blob": "BYTEA", "big": "BIGINT", "plain": ""},
}


def statements(engine: str) -> list[str]:
    """The statements that make every table on `engine`."""
    return [text.strip() for text in TABLES.format(**WORDS[engine]).split(";")]
