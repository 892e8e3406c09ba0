"""What web workers and the collector say to each other, over a socket in the data root.

Rules: one message is four bytes of length (big-endian) and MessagePack; only the question for a
key is answered; the first thing a collector says is whether the one before it lost its memory, and
a random name of its own; the last, when it ends cleanly, is how many views of the connection it
took. A message holds a page and, for a view, an address: it is never written anywhere.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from kept._kit.errors import KeptError
from kept.keepers.visits.codes import ODD_MESSAGE

HEAD: Final = struct.Struct(">I")
LONGEST: Final = 2048
NAME: Final = "collector.sock"


class View(msgspec.Struct, array_like=True, tag="v", frozen=True):
    """A person looks at `page` from `address`."""

    page: str
    address: str


class Key(msgspec.Struct, array_like=True, tag="k", frozen=True):
    """The key of this window's tokens, please."""


class Robot(msgspec.Struct, array_like=True, tag="r", frozen=True):
    """A robot looks at `page`."""

    page: str


class Leave(msgspec.Struct, array_like=True, tag="l", frozen=True):
    """The page of `token` is no longer looked at."""

    token: bytes


class Lost(msgspec.Struct, array_like=True, tag="x", frozen=True):
    """So many views could not be handed over."""

    views: int


Message = View | Key | Robot | Leave | Lost
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Message)
CLEAN, LOSSY = b"\x01", b"\x00"
BYE: Final = struct.Struct(">cQ")
"""The farewell: `BYE_MARK` and the number of views taken."""
BYE_MARK: Final = b"\x02"
BYE_ERROR: Final = struct.error


def pack(message: Message) -> bytes:
    """The bytes of a message, with its length in front."""
    return framed(_encoder.encode(message))


def framed(body: bytes) -> bytes:
    """`body` with its length in front."""
    return HEAD.pack(len(body)) + body


def unpack(body: bytes) -> Message:
    """The message of `body`. Raises `KeptError` N002."""
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise KeptError(ODD_MESSAGE, "a message cannot be read", place=NAME) from error


def cut(data: bytearray) -> Iterator[bytes]:
    """The bodies of the whole messages at the start of `data`, which they are cut off from.

    Raises `ConnectionError` where one is announced that is too long.
    """
    at = 0
    while len(data) - at >= HEAD.size:
        (length,) = HEAD.unpack_from(data, at)
        if length > LONGEST:
            raise ConnectionError("a message that is too long")
        end = at + HEAD.size + length
        if end > len(data):
            break
        yield bytes(data[at + HEAD.size : end])
        at = end
    del data[:at]


@contextmanager
def reachable(folder: Path) -> Iterator[str]:
    """An address of the socket that fits into 108 bytes, however deep `folder` lies."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{NAME}"
    finally:
        os.close(descriptor)


def receive(peer: socket.socket) -> bytes:
    """The body of the next message. Raises `ConnectionError` when the peer is gone."""
    (length,) = HEAD.unpack(_exactly(peer, HEAD.size))
    if length > LONGEST:
        raise ConnectionError("a message that is too long")
    return _exactly(peer, length)


def _exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = peer.recv(size - len(data))
        if not part:
            raise ConnectionError("the collector is gone")
        data += part
    return data
