-- `log`: lines with a level and a tag, as users search for them.

local here = ...
local print, rawget, type = here.print, rawget, type

local log = {
    LOG_SILENT = 0, LOGLEVEL_TRACE = 1, LOGLEVEL_DEBUG = 2, LOGLEVEL_INFO = 3, LOGLEVEL_WARN = 4,
    LOGLEVEL_ERROR = 5, LOGLEVEL_FATAL = 6,
}
local INFO = log.LOGLEVEL_INFO

-- Whether a line of this level would be printed, for the library's costly lines.
--
-- Luat: the threshold is the script's global LOG_LEVEL, read at every call.
function here.logs(level)
    local threshold = rawget(here.dev.globals, "LOG_LEVEL") or INFO
    return threshold ~= 0 and level >= threshold
end

local logs = here.logs

-- Luat: a tag that is no string is dropped.
local function writer(letter, level)
    return function(tag, ...)
        if not logs(level) then return end
        print("[" .. letter .. "]-[" .. (type(tag) == "string" and tag or "") .. "]", ...)
    end
end

log.trace, log.debug, log.info = writer("T", 1), writer("D", 2), writer("I", 3)
log.warn, log.error, log.fatal = writer("W", 4), writer("E", 5), writer("F", 6)

function log.openTrace(...) return here.library("~serial").opntrace(...) end

return log
