-- Texts and numbers from one form into another, under both generations' names.
require "common"
local UTF8, GB, UCS2, UCS2BE = "\228\189\141A", "\206\187A", "\77\79A\0", "\79\77\0A"
for _, case in ipairs({
    { "ucs2ToGb2312", UCS2, GB }, { "gb2312ToUcs2", GB, UCS2 }, { "ucs2beToGb2312", UCS2BE, GB },
    { "gb2312ToUcs2be", GB, UCS2BE }, { "ucs2ToUtf8", UCS2, UTF8 }, { "utf8ToUcs2", UTF8, UCS2 },
    { "ucs2beToUtf8", UCS2BE, UTF8 }, { "utf8ToUcs2be", UTF8, UCS2BE }, { "utf8ToGb2312", UTF8, GB },
    { "gb2312ToUtf8", GB, UTF8 },
}) do
    assert(common[case[1]](case[2]) == case[3], case[1])
    assert(common[case[1]:lower()](case[2]) == case[3], case[1]:lower())
end
ok("digits")
assert(common.ucs2ToAscii("0031003200330034") == "1234" and common.ucs2toascii("002B") == "+")
assert(common.nstrToUcs2Hex("+12") == "002B00310032")
assert(common.numToBcdNum("12345") == "\33\67\245" and common.numtobcdnum("1234", 3) == "\33\67\255")
assert(common.numToBcdNum("123456", 2) == "\33\67")
assert(common.bcdNumToNum("\33\67\245") == "12345" and common.bcdnumtonum("\255") == "")
ok("hex")
assert(common.binstohexs("\1\171") == "01AB" and common.binstohexs("\1\171", " ") == "01 AB ")
assert(common.hexstobins("01ab") == "\1\171" and #common.hexstobins(string.rep("00", 20000)) == 20000)
local none, why = common.hexstobins("01xx")
assert(none == nil and why == "error num index:3xx", why)
none, why = common.binstohexs(nil)
assert(none == nil and why == "nil input string")
assert(common.hexstobins(7) == nil)
ok("time")
local t = common.timeZoneConvert(2024, 2, 29, 22, 30, 15, 0, 8)
assert(t.year == 2024 and t.month == 3 and t.day == 1 and t.hour == 6 and t.min == 30 and t.sec == 15)
t = common.transftimezone(2024, 1, 1, 3, 0, 0, 8, 0)
assert(t.year == 2023 and t.month == 12 and t.day == 31 and t.hour == 19)
done()
