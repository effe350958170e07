-- `update`: scripts are not updated over the air here. Asking for it fails as where a server has
-- nothing, and the author hears of it.

local here = ...
local host, log = here.host, here.library("log")
local exchange, sys = here.library("~exchange"), here.library("sys")
local type = type

local ANSWER_MS = 20

local update = {}

local function refuse(call)
    host.notice("no update", here.where(), call)
    log.warn(call, "nothing is downloaded: scripts are not updated over the air here")
end

-- Generation A ----------------------------------------------------------------------------------

local function look()
    exchange.await_network()
    sys.dispatch("UPDATE_BEGIN_IND")
    sys.dispatch("UPDATE_END_IND", false)
end

function update.setup()
    refuse("update.setup")
    sys.taskInit(look)
end

-- There is nothing to look for again.
function update.setperiod() refuse("update.setperiod") end

-- Generation B ----------------------------------------------------------------------------------

-- Two functions, since a timer is known by its function.
local function answer(cb) cb(false) end
local function answer_again(cb) cb(false) end

function update.request(cb, _, period)
    refuse("update.request")
    if type(cb) ~= "function" then return end
    sys.timerStart(answer, ANSWER_MS, cb)
    if type(period) == "number" and period > 0 then sys.timerLoopStart(answer_again, period, cb) end
end

return update
