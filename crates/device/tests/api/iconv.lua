-- Text from one encoding into another, byte for byte.
local function convert(to, from, text) return iconv.open(to, from):iconv(text) end
local UTF8 = "\228\189\141A" -- one Chinese character and a letter
local GB = "\206\187A"
local UCS2, UCS2BE = "\77\79A\0", "\79\77\0A"
for name, text in pairs({ utf8 = UTF8, gb2312 = GB, ucs2 = UCS2, ucs2be = UCS2BE }) do
    assert(convert(name, "utf8", UTF8) == text, name)
    assert(convert("utf8", name, text) == UTF8, name)
    assert(convert(name, name, text) == text, name)
end
assert(convert("GB2312", "UTF8", UTF8) == GB)
assert(convert("gb2312", "utf8", "") == "" and convert("ucs2", "utf8", "a\0b") == "a\0\0\0b\0")
ok("what the other encoding has not")
assert(convert("gb2312", "utf8", "x\240\159\152\128y") == "x?y")
assert(convert("utf8", "gb2312", "a\255b"):find("^a.+b$"))
assert(convert("utf8", "ucs2", "\61\216\0\222") == "\240\159\152\128", "two halves are one character")
local cd = iconv.open("ucs2", "utf8")
assert(cd:iconv("a") == "a\0" and cd:iconv("b") == "b\0")
local good, err = pcall(iconv.open, "utf8", "latin1")
assert(not good and err:find("`latin1` is none of gb2312, ucs2, ucs2be, utf8"), err)
assert(not pcall(iconv.open, "utf8") and not pcall(cd.iconv, cd))
done()
