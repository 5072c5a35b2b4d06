# The other side of differential.rs: makes values and pickles them, or reads pickles. Prints one line for each value:
# its pickle in base64 where it made it, a tab, and the value in a spelling that differential.rs knows too.
import _compat_pickle
import base64
import collections
import copyreg
import datetime
import fractions
import io
import pickle
import pickletools
import random
import struct
import sys


class Plain:
    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


class Named(Exception):
    pass


class Items(list):
    pass


class Entries(dict):
    pass


class Word(str):
    pass


class Keywords:
    def __getnewargs_ex__(self):
        return (1, "a"), {"b": [2]}

    def __new__(cls, *args, **keywords):
        return object.__new__(cls)


def name_of(called, protocol):
    module, name = called.__module__, called.__qualname__
    if protocol < 3:
        if (module, name) in _compat_pickle.REVERSE_NAME_MAPPING:
            module, name = _compat_pickle.REVERSE_NAME_MAPPING[(module, name)]
        elif module in _compat_pickle.REVERSE_IMPORT_MAPPING:
            module = _compat_pickle.REVERSE_IMPORT_MAPPING[module]
    return f"c{module}.{name}"


def spelled(value, protocol):
    def all_of(values):
        return ",".join(spelled(one, protocol) for one in values)

    def pairs(entries):
        return ",".join(f"{spelled(key, protocol)}:{spelled(one, protocol)}" for key, one in entries)

    kind = type(value)
    if value is None:
        return "N"
    if kind is bool:
        return "T" if value else "F"
    if kind is int:
        return f"i{value}"
    if kind is float:
        return "fnan" if value != value else "f" + struct.pack(">d", value).hex()
    if kind is str:
        return "s" + value.encode("utf-8", "surrogatepass").hex()
    if kind is bytes:
        return "b" + value.hex()
    if kind is bytearray:
        return "a" + value.hex()
    if kind is list:
        return f"[{all_of(value)}]"
    if kind is tuple:
        return f"({all_of(value)})"
    if kind is dict:
        return "{" + pairs(value.items()) + "}"
    if kind is set or kind is frozenset:
        parts = sorted(spelled(one, protocol) for one in value)
        return ("S" if kind is set else "Z") + "{" + ",".join(parts) + "}"
    if isinstance(value, type):
        return name_of(value, protocol)
    # What the pickler writes for any other object.
    if kind in copyreg.dispatch_table:
        parts = copyreg.dispatch_table[kind](value)
    else:
        parts = value.__reduce_ex__(protocol)
    called, args, state, items, entries = (tuple(parts) + (None,) * 3)[:5]
    keywords = ""
    if called.__name__ == "__newobj__":
        called, args = args[0], args[1:]
    elif called.__name__ == "__newobj_ex__":
        called, args, given = args
        keywords = "k" + spelled(given, protocol)
    text = f"o{name_of(called, protocol)}{spelled(tuple(args), protocol)}{keywords}"
    if state is not None:
        text += "s" + spelled(state, protocol)
    items, entries = list(items or ()), list(entries or ())
    if items:
        text += f"[{all_of(items)}]"
    if entries:
        text += "{" + pairs(entries) + "}"
    return text


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        # Hashable and other values that may come again: then the pickle refers back to them.
        self.plain = [None]
        self.others = [[]]

    def number(self):
        bits = self.random.choice([3, 8, 15, 16, 17, 31, 32, 33, 62, 63, 64, 65, 130, 2040, 2050, 9000])
        near = self.random.choice([0, 0, 1, -1, self.random.getrandbits(bits)])
        return self.random.choice([1, -1]) * ((1 << bits) + near)

    def text(self):
        alphabet = self.random.choice([
            "abc 019.:/", "a\0\n\r\t\x1a\\'\"", "aé\xff\xad", "a\u20ac\u0100\ud7ff\ue000\uffff", "\U0001f600\U0010ffff",
            "a\ud800\udc80\udcff\udfff", "\\u\\U\\x\\n0041",
        ])
        length = self.random.choice([0, 1, 2, 5, 9, 30, 255, 256, 300])
        return "".join(self.random.choice(alphabet) for _ in range(length))

    def raw(self):
        return self.random.randbytes(self.random.choice([0, 1, 2, 20, 255, 256, 1000]))

    def hashable(self, depth):
        pick = self.random.randrange(13)
        if pick == 0:
            value = None
        elif pick == 1:
            value = self.random.random() < 0.5
        elif pick in (2, 3):
            value = self.number() if self.random.random() < 0.5 else self.random.randrange(-300, 300)
        elif pick == 4:
            value = self.random.choice([
                0.0, -0.0, 1.0, float("inf"), float("-inf"), float("nan"), 5e-324, 1e16, 1e-5, 1.7976931348623157e308,
                self.random.gauss(0, 1e6), struct.unpack(">d", self.random.randbytes(8))[0],
            ])
        elif pick in (5, 6, 7):
            value = self.text()
        elif pick == 8:
            value = self.raw()
        elif pick == 9 and depth > 0:
            value = tuple(self.hashable(depth - 1) for _ in range(self.random.randrange(6)))
        elif pick == 10 and depth > 0:
            value = frozenset(self.hashable(depth - 1) for _ in range(self.random.randrange(4)))
        elif pick == 11:
            value = self.random.choice([int, str, set, ValueError, Named, OSError, collections.OrderedDict, fractions.Fraction])
        else:
            return self.random.choice(self.plain)
        self.plain.append(value)
        return value

    def some(self, depth, most=6):
        return [self.value(depth - 1) for _ in range(self.random.randrange(most))]

    def entries(self, depth):
        return {self.hashable(1): self.value(depth - 1) for _ in range(self.random.randrange(5))}

    def object(self, depth, protocol):
        pick = self.random.randrange(12)
        args = self.some(depth)
        if pick == 0:
            return complex(self.random.choice([0.0, -0.0, 1.5]), self.random.choice([2.0, -0.0, float("inf")]))
        if pick == 1:
            return self.random.choice([ValueError, KeyError, Named, Exception])(*args)
        if pick == 2:
            error = Named(*args)
            error.extra = self.value(0)
            return error
        if pick == 3:
            return FileNotFoundError(2, "No such file", self.text())
        if pick == 4:
            return UnicodeDecodeError("utf-8", self.raw() or b"x", 0, 1, "no")
        if pick == 5:
            return collections.OrderedDict(self.entries(depth))
        if pick == 6:
            return collections.deque(args, self.random.choice([None, 10]))
        if pick == 7:
            return self.random.choice([fractions.Fraction(3, 7), datetime.timedelta(1, 2, 3)])
        if pick == 8:
            value = self.random.choice([Plain(), Items(args), Entries(self.entries(depth)), Word(self.text())])
            if self.random.random() < 0.5:
                value.extra = self.value(0)
            return value
        if pick == 9 and protocol >= 4:
            return Keywords()
        return range(self.random.randrange(9))

    def value(self, depth):
        pick = self.random.randrange(14)
        if depth <= 0 or pick < 4:
            return self.hashable(depth)
        if pick < 6:
            value = self.some(depth, 2500 if self.random.random() < 0.003 else 6)
        elif pick < 8:
            value = tuple(self.some(depth))
        elif pick < 10:
            value = self.entries(depth)
        elif pick == 10:
            value = {self.hashable(1) for _ in range(self.random.randrange(5))}
        elif pick == 11:
            value = bytearray(self.raw())
        elif pick == 12:
            value = self.object(depth, self.protocol)
        else:
            return self.random.choice(self.others)
        self.others.append(value)
        return value

    def looped(self):
        inner = self.some(1)
        way = self.random.randrange(4)
        if way == 0:
            inner.append(inner)
            return inner
        if way == 1:
            loop = tuple([inner] * self.random.randrange(1, 6))
            inner.append(loop)
            return loop
        if way == 2:
            loop = {"a": inner}
            inner.append(loop)
            return loop
        value = Plain()
        value.own = value
        return value


def pickled(value, protocol, way):
    if way == 0:
        return pickle.dumps(value, protocol)
    if way == 1:
        out = io.BytesIO()
        pickle._Pickler(out, protocol).dump(value)
        return out.getvalue()
    return pickletools.optimize(pickle.dumps(value, protocol))


def make(seed, count):
    for number in range(count):
        maker = Maker(f"{seed} {number}")
        protocol = maker.protocol = number % 6
        looped = number % 40 == 7
        value = maker.looped() if looped else maker.value(maker.random.randrange(5))
        data = pickled(value, protocol, maker.random.choice([0, 0, 1, 2]))
        text = "loop" if looped else spelled(value, protocol)
        print(base64.b64encode(data).decode(), text, sep="\t")


def read():
    for line in sys.stdin:
        print(spelled(pickle.loads(base64.b64decode(line)), 5))


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
else:
    read()
