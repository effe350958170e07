-- `errDump`: errors that are kept until a server has taken them.

local here = ...
local core, host, log = here.core, here.host, here.library("log")
local exchange, sys = here.library("~exchange"), here.library("sys")
local concat, match, sub, text = table.concat, string.match, string.sub, here.text
local ipairs, pairs, tonumber, type = ipairs, pairs, tonumber, type

local ERRORS, FATAL, NETWORK = "/lib_err.txt", "/luaerrinfo.txt", "/lib_network_err.txt"
local BYTES_MAX = 5 * 1024 -- of each file
local PERIOD_MS = 600000

local errDump = {}

-- `asked` counts the calls of `request`: only the last one's task goes on.
function here.init.errDump()
    return { asked = 0 }
end

-- Keeping ---------------------------------------------------------------------------------------

-- As much as there is room for.
function errDump.appendErr(what)
    local kept = host.read_file(ERRORS) or ""
    local all = sub(kept .. text(what) .. "\r\n", 1, BYTES_MAX)
    if #all > #kept then host.write_file(ERRORS, all) end
end

-- The newest are kept.
local function append_network(what)
    local kept = host.read_file(NETWORK) or ""
    local line = core.os.date("%Y-%m-%d %H:%M:%S ") .. what .. "\r\n"
    host.write_file(NETWORK, sub(kept .. line, -BYTES_MAX))
end

-- Not what befalls a report itself.
local function on_socket(id)
    return function(_, protocol, address, port)
        local to = here.dev.errDump.to
        if to and to.address == address and to.port == port then return end
        append_network(id .. " " .. text(protocol) .. "," .. text(address) .. "," .. text(port))
    end
end

local function on_network(id)
    return function() append_network(id) end
end

local recorders = {}
for _, id in ipairs({ "LIB_SOCKET_CONNECT_FAIL_IND", "LIB_SOCKET_SEND_FAIL_IND", "LIB_SOCKET_CLOSE_IND" }) do
    recorders[id] = on_socket(id)
end
for _, id in ipairs({ "IP_ERROR_IND", "NET_STATE_UNREGISTER" }) do recorders[id] = on_network(id) end

function errDump.setNetworkLog(on)
    local act = on and sys.subscribe or sys.unsubscribe
    for id, recorder in pairs(recorders) do act(id, recorder) end
end

-- Reporting -------------------------------------------------------------------------------------

-- What is kept, as { path, content } for each file that is not empty.
local function kept_files()
    local files = {}
    for _, path in ipairs({ ERRORS, FATAL, NETWORK }) do
        local content = host.read_file(path) or ""
        if content ~= "" then files[#files + 1] = { path, content } end
    end
    return files
end

-- Drops what was reported; what has come meanwhile stays.
local function drop(file)
    local path, reported = file[1], file[2]
    local content = host.read_file(path)
    if content == reported then return host.remove_file(path) end
    if content and sub(content, 1, #reported) == reported then
        host.write_file(path, sub(content, #reported + 1))
    end
end

local function http_post(to, body)
    return concat({
        "POST ", to.path, " HTTP/1.1\r\nHost: ", to.address, ":", to.port,
        "\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ", #body, "\r\n\r\n", body,
    })
end

local function is_200(answer)
    local status = match(answer, "^HTTP/%d%.%d (%d%d%d)")
    if status or #answer > 12 then return status == "200" end
end

local function report(to)
    local files = kept_files()
    if not files[1] then return end
    local parts = { exchange.sender() }
    for i, file in ipairs(files) do parts[i + 1] = sub(file[2], 1, BYTES_MAX) end
    local message, judge = concat(parts), exchange.is_ok
    if to.path then message, judge = http_post(to, message), is_200 end
    if exchange.report("errDump", to, message, judge) then
        for _, file in ipairs(files) do drop(file) end
    end
end

local function watch(to, asked, period)
    local state = here.dev.errDump
    while state.asked == asked do
        exchange.await_network()
        report(to)
        sys.wait(period)
    end
end

-- Where `url` leads, or nil and what is wrong with it.
local function destination(url)
    local protocol, rest = match(text(url), "^(%a+)://(.+)$")
    if protocol ~= "udp" and protocol ~= "tcp" and protocol ~= "http" then return nil, "protocol" end
    local address, port, path = match(rest, "^([^/:]+):?(%d*)(/?.*)$")
    local is_http = protocol == "http"
    port = tonumber(port) or is_http and 80
    if not address or not port then return nil, "address" end
    return {
        url = url, protocol = is_http and "tcp" or protocol, address = address, port = port,
        path = is_http and (path == "" and "/" or path),
    }
end

function errDump.request(url, period)
    local to, wrong = destination(url)
    if not to then
        log.error("errDump.request invalid " .. wrong, url)
        return nil
    end
    if type(period) ~= "number" or period <= 0 then period = PERIOD_MS end
    local state = here.dev.errDump
    state.asked, state.to = state.asked + 1, to
    sys.taskInit(watch, to, state.asked, period)
    return true
end

return errDump
