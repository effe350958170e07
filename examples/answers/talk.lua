-- Answers devices by tasks: this function is started for each connection, and when it ends the connection
-- is closed. `c` is a client as `socket.tcp()` makes it, only that it is connected already.

server.accept(function(c)
    c:send("who are you?\r\n")
    local ok, name = c:recv(30000)
    if not ok then return end -- nothing within 30 s, or the device has gone: `name` says which
    log.info("talk", name, "is here, from", c.address)

    while true do
        local ok, data = c:recv(60000, "TELL_ALL")
        if ok then
            c:send(name .. " said " .. #data .. " bytes\r\n")
        elseif data == "timeout" then
            c:send("still there?\r\n")
        elseif data == "TELL_ALL" then
            c:send("five minutes have passed\r\n")
        else
            return log.info("talk", name, "has gone:", data)
        end
    end
end)

-- A message interrupts every `recv` that names it.
sys.timerLoopStart(sys.publish, 300000, "TELL_ALL")
