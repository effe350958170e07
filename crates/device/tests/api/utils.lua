-- What `utils` and `patch` add to the core's tables.
local function same(wanted, ...)
    assert(select("#", ...) == #wanted, select("#", ...) .. " values")
    for i = 1, #wanted do
        assert((select(i, ...)) == wanted[i], tostring((select(i, ...))))
    end
end

-- Strings.
same({ "6162", 2 }, ("ab"):toHex())
same({ "61 62 ", 2 }, ("ab"):toHex(" "))
same({ "00%FF%", 2 }, ("\0\255"):toHex("%"))
same({ "ab", 2 }, ("61 6-2"):fromHex())
same({ "\255zz", 1 }, ("fFzz"):fromHex())
same({ "\1\2\15", 3 }, ("12F"):toValue())
assert(("中a文"):utf8Len() == 3)
same({ "中", "a", "文" }, unpack(("中a文"):utf8ToTable()))
assert(("a b/中~*"):rawurlEncode() == "a%20b%2F%E4%B8%AD~%2A")
assert(("a b/中~*"):urlEncode() == "a+b%2F%E4%B8%AD%7E*")
for n, words in pairs({
    [7] = "7", [123] = "123", [1234] = "1,234", [123456] = "123,456", [1234567] = "1,234,567",
    [-1234.5] = "-1,234.5",
}) do
    assert(string.formatNumberThousands(n) == words, string.formatNumberThousands(n))
end
same({ "a", "", "b", "" }, unpack(("a,,b,"):split(",")))
same({ "a", "b.c" }, unpack(("a.|b.c"):split(".|")))
same({ "1", "3" }, unpack(("1a3"):split("a")))
same({ "x", "y" }, unpack(("xy"):split("")))
same({ "" }, unpack((""):split(",")))
assert(("\255\255\2"):checkSum() == 0 and ("\255\255\2"):checkSum(2) == 512)

-- Tables.
local order = {}
for key, value in table.gsort({ b = 2, a = 1, c = 3 }) do order[#order + 1] = key .. value end
assert(table.concat(order) == "a1b2c3")
order = {}
for key in table.gsort({ 5, 6, 7 }, function(a, b) return a > b end) do order[#order + 1] = key end
assert(table.concat(order) == "321")
assert(table.rconcat({ "a", { "b", { "c", 1 } }, "d" }) == "abc1d")

-- Files.
assert(not io.exists("/u.txt") and io.readFile("/u.txt") == nil and io.fileSize("/u.txt") == 0)
assert(io.readStream("/u.txt", 0, 1) == nil and io.writeFile("/u.txt", "x", "r+") == false)
assert(io.writeFile("/u.txt", "hello") == true and io.exists("/u.txt"))
assert(io.writeFile("/u.txt", " world", "a+b") and io.readFile("/u.txt") == "hello world")
assert(io.writeFile("/u.txt", "J", "r+b") and io.readFile("/u.txt") == "Jello world")
assert(io.writeFile("/u.txt", "x", "r") == false and io.readFile("/u.txt") == "Jello world")
assert(io.fileSize("/u.txt") == 11 and io.readStream("/u.txt", 6, 3) == "wor")
assert(io.filesize("/u.txt") == 11 and io.filedata("/u.txt", 0, 2) == "Je")
local info = io.pathInfo("/a/b.c/d.tar.gz")
assert(info.dirname == "/a/b.c/" and info.filename == "d.tar.gz")
assert(info.basename == "d.tar" and info.extname == ".gz")
info = io.pathInfo("plain")
assert(info.dirname == "" and info.filename == "plain" and info.basename == "plain" and info.extname == "")

-- `patch`.
assert(os.time() > 0 and os.date("*t", 1e18).year == 2012 and os.date("*t", 0).year == 1970)
assert(os.clockms() == rtos.tick() / 16)
local value, fine, err = json.decode("{")
assert(type(value) == "table" and fine == false and type(err) == "string")
same({ 7, true }, json.decode("7"))

done()
