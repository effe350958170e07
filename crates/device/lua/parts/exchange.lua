-- `~exchange`: one message to a server and its answer, for the library's own errands. All of it needs
-- a task.

local here = ...
local host, link, log = here.host, here.library("link"), here.library("log")
local rtos, socket, sys = here.core.rtos, here.library("socket"), here.library("sys")
local tostring = tostring

local CONNECT_S = 30
local TRIES, AGAIN_MS, REPORT_MS = 3, 5000, 20000 -- of a report

local exchange = {}

function exchange.await_network()
    while not link.isReady() do sys.waitUntil("IP_READY_IND") end
end

-- `judge(all that has come)` gives what the answer means, false where it means nothing, nil while it
-- is too short to tell, which is a few bytes.
local function converse(client, address, port, message, ms, judge)
    if not client:connect(address, port, CONNECT_S) then return nil, "cannot connect" end
    if not client:send(message) then return nil, "cannot send" end
    local received = ""
    while true do
        local ok, more = client:recv(ms)
        if not ok then return nil, more == "timeout" and "no answer" or "the line was lost" end
        received = received .. more
        local meaning = judge(received)
        if meaning then return meaning end
        if meaning == false then return nil, "another answer than expected" end
    end
end

-- What the answer to `message` means, or nil and why there is none. `protocol` is `udp` or `tcp`.
function exchange.ask(protocol, address, port, message, ms, judge)
    local client = protocol == "udp" and socket.udp() or protocol == "tcp" and socket.tcp()
    if not client then return nil, "every socket is taken" end
    local meaning, why = converse(client, address, port, message, ms, judge)
    client:close()
    return meaning, why
end

-- What a server of `dbg` and `errDump` answers.
function exchange.is_ok(answer)
    if #answer >= 2 then return answer:sub(1, 2) == "OK" end
end

-- The first line of a report, which tells whose it is.
function exchange.sender()
    local globals = here.dev.globals
    local project, version = tostring(globals.PROJECT), tostring(globals.VERSION)
    return project .. "," .. version .. "," .. host.identity("imei") .. "," .. rtos.get_version() .. "\r\n"
end

-- Whether the server at `to` { url, protocol, address, port } has taken a report, after up to three
-- tries. `who` says so in the log.
function exchange.report(who, to, message, judge)
    host.notice("error report", nil, who, to.url)
    for try = 1, TRIES do
        local taken, why = exchange.ask(to.protocol, to.address, to.port, message, REPORT_MS, judge)
        if taken then
            log.info(who, "reported to " .. to.url)
            return true
        end
        log.warn(who, "try " .. try .. " of " .. TRIES .. " to report to " .. to.url .. ": " .. why)
        if try < TRIES then sys.wait(AGAIN_MS) end
    end
    return false
end

return exchange
