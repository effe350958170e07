-- `~literals`: values as Lua source, and back without running it.
--
-- What a parameter file holds was written here or by a module's `nvm`, or by somebody's hand. It is
-- read as data: whatever it holds, reading ends, and nothing but a table of values comes of it.

local error, next, pcall, tonumber, type = error, next, pcall, tonumber, type
local byte, char, find, format = string.byte, string.char, string.find, string.format
local gsub, match, rep, sub = string.gsub, string.match, string.rep, string.sub
local concat, sort = table.concat, table.sort

-- What a file begins and ends with: a file that has lost its end is no file.
local BEGIN, END = "-- kept by nvm\nmodule(...)\n", "-- the end\n"
local DEPTH_MAX = 64 -- tables in tables, so that one that holds itself is found

local literals = {}

-- Writing ---------------------------------------------------------------------------------------

local KEYWORDS = {}
for word in string.gmatch(
    "and break do else elseif end false for function if in local nil not or repeat return then true"
        .. " until while _M _NAME _PACKAGE",
    "%S+"
) do KEYWORDS[word] = true end

local function number_text(value)
    if value ~= value then return "nil" end -- as a module reads its own `nan`
    if value == 1 / 0 then return "1e999" end
    if value == -1 / 0 then return "-1e999" end
    local short = format("%.14g", value)
    return tonumber(short) == value and short or format("%.17g", value)
end

local function is_before(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
end

local function sorted_keys(of)
    local keys = {}
    for key in next, of do
        local kind = type(key)
        if kind ~= "string" and kind ~= "number" then
            error("a table with a " .. kind .. " as a key cannot be kept", 0)
        end
        keys[#keys + 1] = key
    end
    sort(keys, is_before)
    return keys
end

local value_text

local function table_text(of, depth)
    if depth > DEPTH_MAX then error("tables in tables, " .. DEPTH_MAX .. " deep, cannot be kept", 0) end
    local keys, lines = sorted_keys(of), {}
    if not keys[1] then return "{}" end
    local indent = rep("    ", depth)
    for i = 1, #keys do
        local key = keys[i]
        lines[i] = indent .. "[" .. value_text(key) .. "] = " .. value_text(of[key], depth + 1) .. ",\n"
    end
    return "{\n" .. concat(lines) .. rep("    ", depth - 1) .. "}"
end

-- A carriage return would not survive an editor.
function value_text(value, depth)
    local kind = type(value)
    if kind == "string" then return (gsub(format("%q", value), "\\\n", "\\n")) end
    if kind == "number" then return number_text(value) end
    if kind == "boolean" or kind == "nil" then return value and "true" or value == nil and "nil" or "false" end
    if kind == "table" then return table_text(value, depth or 1) end
    error("a " .. kind .. " cannot be kept", 0)
end

-- `value` as Lua source, or nil and why it has none.
function literals.text(value)
    local ok, text = pcall(value_text, value)
    if ok then return text end
    return nil, text
end

-- A module file that sets each of `values`, or nil and why there is none.
function literals.module_text(values)
    local ok, lines = pcall(function()
        local keys, lines = sorted_keys(values), { BEGIN }
        for i = 1, #keys do
            local key = keys[i]
            local plain = type(key) == "string" and find(key, "^[%a_][%w_]*$") and not KEYWORDS[key]
            local name = plain and key or "_M[" .. value_text(key) .. "]"
            lines[i + 1] = name .. " = " .. value_text(values[key]) .. "\n"
        end
        lines[#lines + 1] = END
        return lines
    end)
    if ok then return concat(lines) end
    return nil, lines
end

-- Reading ---------------------------------------------------------------------------------------

local function fail(source, at, what)
    local _, line = gsub(sub(source, 1, at - 1), "\n", "")
    local found = match(source, "^[^%c]+", at) or "the end"
    error("line " .. line + 1 .. ": " .. what .. ", not `" .. sub(found, 1, 20) .. "`", 0)
end

-- From `at` on, past spaces and comments.
local function skip(source, at)
    while true do
        at = find(source, "%S", at) or #source + 1
        if sub(source, at, at + 1) ~= "--" then return at end
        at = find(source, "\n", at, true) or #source + 1
    end
end

local function expect(source, at, text)
    at = skip(source, at)
    if sub(source, at, at + #text - 1) ~= text then fail(source, at, "`" .. text .. "` is missing") end
    return at + #text
end

local ESCAPES = { a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v" }

-- What stands after a backslash, and where it ends.
local function escape(source, at)
    local digits = match(source, "^%d%d?%d?", at)
    if digits then
        if tonumber(digits) > 255 then fail(source, at, "a byte is missing") end
        return char(tonumber(digits)), at + #digits
    end
    local letter = sub(source, at, at)
    if letter == "\r" and sub(source, at + 1, at + 1) == "\n" then return "\n", at + 2 end
    return ESCAPES[letter] or letter, at + 1
end

local function read_string(source, at)
    local quote = sub(source, at, at)
    local stop, parts, from = "[\\\n" .. quote .. "]", {}, at + 1
    while true do
        local found = find(source, stop, from)
        local letter = found and sub(source, found, found)
        if not found or letter == "\n" then fail(source, at, "the end of a string is missing") end
        parts[#parts + 1] = sub(source, from, found - 1)
        if letter == quote then return concat(parts), found + 1 end
        parts[#parts + 1], from = escape(source, found + 1)
    end
end

local WORDS = { ["true"] = true, ["false"] = false }

local read_value

-- The key of a table's entry, nil where it has none, and where its value begins.
local function read_key(source, at, depth)
    if sub(source, at, at) == "[" then
        local key, after = read_value(source, at + 1, depth)
        if key == nil or key ~= key then fail(source, at, "a key is missing") end
        return key, expect(source, expect(source, after, "]"), "=")
    end
    local name, after = match(source, "^([%a_][%w_]*)%s*=()", at)
    return name, after or at
end

local function read_table(source, at, depth)
    if depth > DEPTH_MAX then fail(source, at, "less depth is allowed") end
    local found, count = {}, 0
    at = skip(source, at + 1)
    while sub(source, at, at) ~= "}" do
        local key, after = read_key(source, at, depth)
        if key == nil then
            count = count + 1
            key = count
        end
        found[key], at = read_value(source, after, depth + 1)
        at = skip(source, at)
        if find(source, "^[,;]", at) then
            at = skip(source, at + 1)
        elseif sub(source, at, at) ~= "}" then
            fail(source, at, "`}` is missing")
        end
    end
    return found, at + 1
end

function read_value(source, at, depth)
    at = skip(source, at)
    local first = sub(source, at, at)
    if first == "{" then return read_table(source, at, depth) end
    if first == '"' or first == "'" then return read_string(source, at) end
    local word = match(source, "^[%a_]+", at)
    if word == "nil" or WORDS[word] ~= nil then return WORDS[word], at + #word end
    local digits = match(source, "^%-?%s*[%d.][%w.]*[+-]?%d*", at)
    local number = digits and tonumber((gsub(digits, "%s", "")))
    if not number then fail(source, at, "a value is missing") end
    return number, at + #digits
end

local function read_name(source, at)
    if sub(source, at, at + 2) == "_M[" then return read_key(source, at + 2, 1) end
    local name, after = match(source, "^([%a_][%w_]*)%s*=()", at)
    if not name then fail(source, at, "a name with `=` is missing") end
    return name, after
end

local function read_module(source)
    if find(source, "^%-%- kept by nvm") and not find(source, "\n%-%- the end\r?\n") then
        error("its end is missing", 0)
    end
    local at = skip(source, 1)
    at = expect(source, at, "module")
    at = match(source, "^%s*%b()()", at) or fail(source, at, "`(...)` is missing")
    local values = {}
    while true do
        at = skip(source, at)
        if sub(source, at, at) == ";" then at = skip(source, at + 1) end
        if at > #source then return values end
        local name, after = read_name(source, at)
        values[name], at = read_value(source, after, 1)
    end
end

-- What `module_text` has written, as a table; or nil and why it cannot be read.
function literals.read_module(source)
    local ok, values = pcall(read_module, source)
    if ok then return values end
    return nil, values
end

return literals
