-- Numbers bit by bit, in 32 bits with a sign.
assert(require "bit" == bit or bit.band ~= nil)
assert(bit.band(0xF0, 0x3C) == 0x30 and bit.bor(1, 2, 4) == 7 and bit.bxor(5, 1) == 4)
assert(bit.bnot(5) == -6)
assert(bit.lshift(1, 4) == 16 and bit.rshift(0x80, 3) == 16 and bit.arshift(-8, 1) == -4)
assert(bit.bit(3) == 8 and bit.isset(5, 2) == true and bit.isclear(5, 1) == true)
assert(bit.set(0, 1, 3) == 10 and bit.clear(15, 0, 1) == 12)
assert(not pcall(bit.band, "x") and not pcall(bit.lshift, {}, 1))
done()
