-- `common`: texts and numbers from one form into another, under the names of both generations.

local here = ...
local bit, iconv, os = here.core.bit, here.core.iconv, here.core.os
local byte, char, format, rep, sub = string.byte, string.char, string.format, string.rep, string.sub
local concat, gsub, lower = table.concat, string.gsub, string.lower
local gmatch, ipairs, tonumber, type = string.gmatch, ipairs, tonumber, type

local common = {}

-- Encodings: `common.utf8ToGb2312(text)`, and `utf8togb2312` as generation A has it ---------------

local PAIRS = {
    { "ucs2", "Gb2312" }, { "gb2312", "Ucs2" }, { "ucs2be", "Gb2312" }, { "gb2312", "Ucs2be" },
    { "ucs2", "Utf8" }, { "utf8", "Ucs2" }, { "ucs2be", "Utf8" }, { "utf8", "Ucs2be" },
    { "utf8", "Gb2312" }, { "gb2312", "Utf8" },
}

for _, pair in ipairs(PAIRS) do
    local from, to = pair[1], lower(pair[2])
    local function convert(text) return iconv.open(to, from):iconv(text) end
    common[from .. "To" .. pair[2]], common[from .. "to" .. to] = convert, convert
end

-- Digits ------------------------------------------------------------------------------------------

-- Four hexadecimal digits for each letter, to the letters.
function common.ucs2ToAscii(hex)
    return (gsub(hex, "%x%x(%x%x)", function(low) return char(tonumber(low, 16)) end))
end

function common.nstrToUcs2Hex(digits)
    return (gsub(digits, ".", function(letter) return format("%04X", byte(letter)) end))
end

-- Two digits in each byte, the first in its low half; F where there is none. `length` in bytes cuts
-- off, or fills up with FF.
function common.numToBcdNum(digits, length)
    if #digits % 2 == 1 then digits = digits .. "F" end
    local bytes = {}
    for low, high in gmatch(digits, "(%x)(%x)") do bytes[#bytes + 1] = char(tonumber(high .. low, 16)) end
    local packed = concat(bytes)
    if not length then return packed end
    return sub(packed, 1, length) .. rep("\255", length - #packed)
end

-- Up to the first half that is F.
function common.bcdNumToNum(packed)
    local digits = gsub(packed, ".", function(both)
        local value = byte(both)
        return format("%X%X", bit.band(value, 15), bit.rshift(value, 4))
    end)
    return (gsub(digits, "F.*", ""))
end

-- Luat: the separator stands behind each byte, the last too.
function common.binstohexs(bytes, separator)
    if type(bytes) ~= "string" then return nil, "nil input string" end
    separator = separator or ""
    return (gsub(bytes, ".", function(one) return format("%02X", byte(one)) .. separator end))
end

function common.hexstobins(hex)
    if type(hex) ~= "string" then return nil, "nil input string" end
    local bytes = {}
    for at = 1, #hex, 2 do
        local value = tonumber(sub(hex, at, at + 1), 16)
        if not value then return nil, "error num index:" .. at .. sub(hex, at, at + 1) end
        bytes[#bytes + 1] = char(value)
    end
    return concat(bytes)
end

common.ucs2toascii, common.nstrtoucs2hex = common.ucs2ToAscii, common.nstrToUcs2Hex
common.numtobcdnum, common.bcdnumtonum = common.numToBcdNum, common.bcdNumToNum

-- Time --------------------------------------------------------------------------------------------

-- The same moment by the clocks of another zone; zones are hours east of Greenwich.
function common.timeZoneConvert(year, month, day, hour, min, sec, from, to)
    local there = os.time({ year = year, month = month, day = day, hour = hour, min = min, sec = sec })
    local t = os.date("*t", there + (to - from) * 3600)
    return { year = t.year, month = t.month, day = t.day, hour = t.hour, min = t.min, sec = t.sec }
end

common.transftimezone = common.timeZoneConvert

return common
