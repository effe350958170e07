-- `log`: lines with a level and a tag, as users search for them.

local here = ...
local print, type = here.print, type

local log = {
    LOG_SILENT = 0, LOGLEVEL_TRACE = 1, LOGLEVEL_DEBUG = 2, LOGLEVEL_INFO = 3, LOGLEVEL_WARN = 4,
    LOGLEVEL_ERROR = 5, LOGLEVEL_FATAL = 6,
}

-- Luat: the threshold is the script's global LOG_LEVEL, read at every call; a tag that is no
-- string is dropped.
local function writer(letter, level)
    return function(tag, ...)
        local threshold = here.dev.globals.LOG_LEVEL or log.LOGLEVEL_INFO
        if threshold == 0 or level < threshold then return end
        print("[" .. letter .. "]-[" .. (type(tag) == "string" and tag or "") .. "]", ...)
    end
end

log.trace, log.debug, log.info = writer("T", 1), writer("D", 2), writer("I", 3)
log.warn, log.error, log.fatal = writer("W", 4), writer("E", 5), writer("F", 6)

-- Whether a line of this level would be printed, for the library's costly lines.
function here.logs(level)
    local threshold = here.dev.globals.LOG_LEVEL or log.LOGLEVEL_INFO
    return threshold ~= 0 and level >= threshold
end

-- Inert here: all output goes to the terminal.
function log.openTrace() end

return log
