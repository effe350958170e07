-- Lua's strings, as socket programs lean on them: bytes of any value, 5.1's names and its coercions.
local function fails(words, fn, ...)
    local fine, err = pcall(fn, ...)
    assert(not fine and tostring(err):find(words, 1, true), tostring(err))
end

local gbk = "\196\227\92\0z" -- a character of GBK may end in a backslash
assert(string.len(gbk) == 5 and gbk:len() == 5 and #gbk == 5)
assert(select("#", string.byte(gbk, 1, -1)) == 5 and string.byte(gbk, 2) == 227)
assert(string.byte(gbk, 6) == nil and select("#", string.byte("")) == 0)
assert(string.char(196, 227, 92, 0, 122) == gbk and string.char() == "")
fails("invalid value", string.char, 256)
fails("invalid value", string.char, -1)

assert(string.sub(gbk, -2) == "\0z" and string.sub(gbk, 2, 3) == "\227\92" and string.sub("ab", 3) == "")
assert(string.sub("hello", 0) == "hello" and ("hello"):sub(2, -2) == "ell" and ("x"):sub(2, 1) == "")

assert(string.match("heart data:12,34", "(%d+),(%d+)") == "12")
assert(select(2, string.match("heart data:12,34", "(%d+),(%d+)")) == "34")
assert(string.match("ERROR 23", "ERROR") == "ERROR" and string.match("OK", "ERROR") == nil)
assert(string.match("a\0b", "%z") == "\0" and string.match("key=value", "()=") == 4)
assert(string.match("abc", "b", 3) == nil)
fails("malformed pattern", string.match, "a", "[a")

assert(string.rep("ab", 3) == "ababab" and string.rep("x", 0) == "" and string.rep("x", -1) == "")
assert(string.rep("0123456789", 1024):len() == 10240)

assert(string.format("AT+CIPSTART=%d", "7") == "AT+CIPSTART=7", "texts of numbers count as numbers")
assert(string.format("%s %02X %q", 1.5, 10, 'a"b') == '1.5 0A "a\\"b"')
assert(string.find("a.b", ".", 1, true) == 2 and string.find("a.b", "%.") == 2)
assert(string.gsub("aXbX", "X", "%0%0") == "aXXbXX" and select(2, string.gsub("aXbX", "X", "")) == 2)
assert(string.upper("ab\228") == "AB\228" and string.lower("AB") == "ab" and string.reverse("ab\0") == "\0ba")

local words = {}
for word in string.gfind("one two", "%a+") do words[#words + 1] = word end
for word in string.gmatch("three", "%a+") do words[#words + 1] = word end
assert(table.concat(words, ",") == "one,two,three")

-- No compiled code leaves or enters.
assert(string.dump == nil)
done()
