-- `utils`: what the module's library adds to `string`, `table` and `io`.

local here = ...
local host, io, string, table = here.host, here.core.io, here.core.string, here.core.table
local byte, char, find, format = string.byte, string.char, string.find, string.format
local gmatch, gsub, match, sub = string.gmatch, string.gsub, string.match, string.sub
local concat, sort, tonumber, tostring, type = table.concat, table.sort, tonumber, tostring, type
local ipairs, pairs, setmetatable = ipairs, pairs, setmetatable

-- What `form` makes of each byte; kept from its first use on.
local function spelling(form)
    return setmetatable({}, {
        __index = function(known, c)
            local spelt = format(form, byte(c))
            known[c] = spelt
            return spelt
        end,
    })
end

local HEX, PERCENT = spelling("%02X"), spelling("%%%02X")

local function from_hex(digits)
    return char(tonumber(digits, 16))
end

-- Strings ---------------------------------------------------------------------------------------

-- Luat: `gsub` answers with a count, so these give two values.
function string.toHex(s, separator)
    if not separator then return gsub(s, ".", HEX) end
    return gsub(s, ".", function(c) return HEX[c] .. separator end)
end

function string.fromHex(s)
    return gsub(gsub(s, "[%s%p]", ""), "%x%x", from_hex)
end

function string.toValue(s)
    return gsub(s, "%x", from_hex)
end

local UTF8_CHARACTER = "[%z\1-\127\194-\244][\128-\191]*"

function string.utf8Len(s)
    local _, count = gsub(s, "[^\128-\191]", "")
    return count
end

function string.utf8ToTable(s)
    local characters = {}
    for character in gmatch(s, UTF8_CHARACTER) do characters[#characters + 1] = character end
    return characters
end

function string.rawurlEncode(s)
    return (gsub(s, "[^%w_~%.%-]", PERCENT))
end

function string.urlEncode(s)
    return (gsub(gsub(s, "[^%w_%*%.%- ]", PERCENT), " ", "+"))
end

function string.formatNumberThousands(n)
    local sign, whole, rest = match(tostring(n), "^(%-?)(%d+)(.*)$")
    if not whole then return tostring(n) end
    local first = #whole % 3
    local groups = { first > 0 and sub(whole, 1, first) or nil }
    for at = first + 1, #whole, 3 do groups[#groups + 1] = sub(whole, at, at + 2) end
    return sign .. concat(groups, ",") .. rest
end

-- Luat: a delimiter is a pattern, but its first character stands for itself.
function string.split(s, delimiter)
    local parts = {}
    if delimiter == "" then
        for at = 1, #s do parts[at] = sub(s, at, at) end
        return parts
    end
    local pattern = find(delimiter, "^%w") and delimiter or "%" .. delimiter
    for part in gmatch(s .. delimiter, "(.-)" .. pattern) do parts[#parts + 1] = part end
    return parts
end

function string.checkSum(s, bytes)
    local sum = 0
    for at = 1, #s do sum = sum + byte(s, at) end
    return sum % (bytes == 2 and 0x10000 or 0x100)
end

-- Tables ----------------------------------------------------------------------------------------

function table.gsort(t, before)
    local keys, at = {}, 0
    for key in pairs(t) do keys[#keys + 1] = key end
    sort(keys, before)
    return function()
        at = at + 1
        return keys[at], t[keys[at]]
    end
end

function table.rconcat(t)
    if type(t) ~= "table" then return t end
    local parts = {}
    for i, part in ipairs(t) do parts[i] = table.rconcat(part) end
    return concat(parts)
end

-- Files -----------------------------------------------------------------------------------------

local read_file = host.read_file

function io.exists(path)
    return read_file(path) ~= nil
end

function io.readFile(path)
    return read_file(path)
end

function io.fileSize(path)
    return #(read_file(path) or "")
end

function io.readStream(path, offset, length)
    local content = read_file(path)
    return content and sub(content, offset + 1, offset + length)
end

-- As `io.open` with that mode and one write would do.
function io.writeFile(path, content, mode)
    mode = mode or "w+b"
    local kept = ""
    if find(mode, "^a") then
        kept = read_file(path) or ""
    elseif find(mode, "^r") then
        kept = read_file(path)
        if not kept or not find(mode, "+", 1, true) then return false end
        return (host.write_file(path, content .. sub(kept, #content + 1)))
    end
    return (host.write_file(path, kept .. content))
end

function io.pathInfo(path)
    local folder, name = match(path, "^(.*/)([^/]*)$")
    if not folder then folder, name = "", path end
    local base, extension = match(name, "^(.*)(%.[^.]*)$")
    return { dirname = folder, filename = name, basename = base or name, extname = extension or "" }
end

-- The two of generation A.
io.filesize, io.filedata = io.fileSize, io.readStream

return {}
