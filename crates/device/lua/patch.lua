-- `patch`: what the module's library mends in its core, as far as it is left to mend here:
-- `coroutine.resume` is the prelude's, with `sys`, and `json.decode` and `os.time` answer as the
-- mended ones do from the start.

local here = ...
local core = here.core
local date = core.os.date

-- Luat: where the core fails, a day in 2012.
function core.os.date(format, ...)
    local found = date(format, ...)
    if found == nil and format == "*t" then
        return { year = 2012, month = 12, day = 11, hour = 10, min = 9, sec = 0 }
    end
    return found
end

-- Luat: ticks by 16, which are milliseconds on 2G only.
function core.os.clockms()
    return core.rtos.tick() / 16
end

return {}
