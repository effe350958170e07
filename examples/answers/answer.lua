-- Answers devices by callbacks: each is called for whichever connection something happens on.
-- `c` is that connection. What is printed or logged here is shown in the lab's stream.

-- How many reports came on each connection. Who is connected while this file is loaded anew is told of
-- by "connect" once more, so the table is complete, and begins at zero.
local reports = {}

server.on("connect", function(c)
    log.info("answer", "connected from", c.address, c.port)
    reports[c] = 0
end)

server.on("message", function(c, data)
    local word, rest = data:match("^(%w+)%s*(.*)$")
    if word == "heart" then
        c:send("heart\r\n")
    elseif word == "report" then
        reports[c] = reports[c] + 1
        c:send("report " .. reports[c] .. " has " .. #rest .. " bytes\r\n")
    elseif word == "bye" then
        c:send("bye\r\n")
        c:close() -- after what was sent
    else
        log.warn("answer", "no answer to", data)
    end
end)

server.on("close", function(c)
    reports[c] = nil
end)

-- Timers work as in every script: once a minute everybody is asked for a report.
sys.timerLoopStart(function()
    for c in pairs(reports) do c:send("report?\r\n") end
end, 60000)
