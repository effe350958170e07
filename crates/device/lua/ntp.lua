-- `ntp`: the clock by servers on the network. Generation A asks once it is required, generation B when
-- it is told to.

local here = ...
local core, log = here.core, here.library("log")
local exchange, misc, sys = here.library("~exchange"), here.library("misc"), here.library("sys")
local error, ipairs, type = error, ipairs, type
local byte, remove, rep = string.byte, table.remove, string.rep

local PORT, ANSWER_MS, NEXT_MS, ROUND_MS = 123, 8000, 1000, 60000
local QUERY = "\35" .. rep("\0", 47) -- version 4, from a client
local ANSWER_BYTES = 48
local UNIX_IN_1900_S = 2208988800 -- 1970, as servers count
local ERA_S = 4294967296

local SERVERS = {
    "ntp.aliyun.com", "ntp1.aliyun.com", "ntp2.aliyun.com", "ntp3.aliyun.com", "ntp4.aliyun.com",
    "ntp5.aliyun.com", "ntp.tencent.com", "time1.cloud.tencent.com", "time2.cloud.tencent.com",
    "cn.ntp.org.cn", "cn.pool.ntp.org", "pool.ntp.org",
}

local ntp = {}

-- `ended` is what `isEnd` tells, `running` how many tasks ask.
function here.init.ntp()
    return { servers = SERVERS, ended = false, running = 0 }
end

-- Asking ----------------------------------------------------------------------------------------

-- Seconds since 1970 in a server's answer; false where it does not know the time.
local function read_time(answer)
    if #answer ~= ANSWER_BYTES then return false end
    local a, b, c, d, fraction = byte(answer, 41, 45)
    local seconds = ((a * 256 + b) * 256 + c) * 256 + d
    if seconds == 0 then return false end
    if seconds < UNIX_IN_1900_S then seconds = seconds + ERA_S end
    return seconds - UNIX_IN_1900_S + (fraction >= 128 and 1 or 0)
end

-- The time and who told it, from the first of `servers` that knows it; `pick` says who is asked next.
local function ask_servers(servers, pick)
    local left = {}
    for i, server in ipairs(servers) do left[i] = server end
    while left[1] do
        local server = remove(left, pick(#left))
        local seconds, why = exchange.ask("udp", server, PORT, QUERY, ANSWER_MS, read_time)
        if seconds then return seconds, server end
        log.warn("ntp", server .. ": " .. why)
        if left[1] then sys.wait(NEXT_MS) end
    end
end

local function by_tick(count) return core.rtos.tick() % count + 1 end
local function in_order() return 1 end

-- Generation B ----------------------------------------------------------------------------------

local function ask_until_known(servers)
    while true do
        exchange.await_network()
        local seconds, server = ask_servers(servers, by_tick)
        if seconds then return seconds, server end
        log.warn("ntp.timeSync", "no server has told the time, once more in a minute")
        sys.wait(ROUND_MS)
    end
end

local function sync(cb, fn)
    local state = here.dev.ntp
    state.ended, state.running = false, state.running + 1
    local seconds, server = ask_until_known(state.servers)
    state.running = state.running - 1
    misc.setClock(core.os.date("*t", seconds), cb)
    state.ended = true
    log.info("ntp.timeSync", core.os.date("%Y-%m-%d %H:%M:%S"), server)
    sys.publish("NTP_SUCCEED")
    if type(fn) == "function" then fn() end
end

-- One that still asks is answered for both.
local function sync_again(cb, fn)
    if here.dev.ntp.running == 0 then sys.taskInit(sync, cb, fn) end
end

function ntp.timeSync(hours, cb, fn)
    sys.taskInit(sync, cb, fn)
    if type(hours) == "number" and hours > 0 then
        sys.timerLoopStart(sync_again, hours * 3600 * 1000, cb, fn)
    end
end

function ntp.isEnd() return here.dev.ntp.ended end
function ntp.getServers() return here.dev.ntp.servers end

function ntp.setServers(servers)
    if type(servers) ~= "table" or type(servers[1]) ~= "string" then
        error("ntp.setServers: a list of names is expected", 2)
    end
    here.dev.ntp.servers = servers
end

-- Generation A ----------------------------------------------------------------------------------

local function sync_once()
    exchange.await_network()
    sys.dispatch("NTP_BEGIN_IND")
    here.begin_errand("ntp")
    local seconds = ask_servers(here.dev.ntp.servers, in_order)
    if seconds then misc.setclock(core.os.date("*t", seconds)) end
    local ok = seconds ~= nil
    here.dev.ntp.ended = ok
    sys.dispatch("NTP_END_IND", ok)
    sys.dispatch("NTP_IND", ok)
    here.end_errand("ntp")
end

function here.start.ntp()
    if here.dev.globals.MODULE_TYPE then sys.taskInit(sync_once) end
end

return ntp
