-- Lines with a level and a tag; the threshold is a global, read at every call.
local levels = { "trace", "debug", "info", "warn", "error", "fatal" }
local letters = { trace = "T", debug = "D", info = "I", warn = "W", error = "E", fatal = "F" }

-- By default from info on.
for _, level in ipairs(levels) do log[level]("default", level) end
for _, level in ipairs({ "info", "warn", "error", "fatal" }) do
    expects("[" .. letters[level] .. "]-[default]\t" .. level)
end
for _, level in ipairs({ "trace", "debug" }) do
    expects_none("]-[default]\t" .. level)
end

LOG_LEVEL = log.LOGLEVEL_TRACE
for _, level in ipairs(levels) do log[level]("all", level) end
for _, level in ipairs(levels) do expects("[" .. letters[level] .. "]-[all]\t" .. level) end

LOG_LEVEL = log.LOGLEVEL_FATAL
log.error("fatal only", 1)
log.fatal("fatal only", 2)
expects_none("[fatal only]\t1")
expects("[F]-[fatal only]\t2")

LOG_LEVEL = log.LOG_SILENT
log.fatal("silent")
expects_none("[silent]")

LOG_LEVEL = log.LOGLEVEL_INFO
log.info("values", nil, true, 1.5, "x")
expects("[I]-[values]\tnil\ttrue\t1.5\tx")
log.info(12, "the tag is dropped")
expects("[I]-[]\tthe tag is dropped")
log.info("no values")
expects("[I]-[no values]")
log.openTrace(true, 1, 115200)

assert(log.LOG_SILENT == 0 and log.LOGLEVEL_TRACE == 1 and log.LOGLEVEL_DEBUG == 2)
assert(log.LOGLEVEL_INFO == 3 and log.LOGLEVEL_WARN == 4 and log.LOGLEVEL_ERROR == 5)
done()
