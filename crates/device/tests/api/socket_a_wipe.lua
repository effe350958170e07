-- A pended connect, and a connect that wipes what is queued without an event.
require "socket"

local sends = 0
local function rsp(_, evt, result, item)
    if evt == "SEND" then
        sends = sends + 1
        assert(item.data == "kept", item.data)
    elseif result == "SHUTED" then
        -- Luat: a shut keeps the queue; the next connect drops it.
        assert(socket.send(1, "lost too") == true, "a send on a closed socket connects")
        assert(socket.disconnect(1, "pended") == nil)
    elseif evt == "DISCONNECT" then
        assert(item == "pended")
        assert(socket.connect(1, "TCP", "peer", 1, rsp) == true)
    elseif evt == "CONNECT" and sends == 1 then
        sys.timer_start(function()
            assert(sends == 1, "no event for what was dropped")
            done()
        end, 1000)
    elseif evt == "CONNECT" then
        assert(socket.send(1, "kept"))
        socket.setwaitingrspitem(1, { data = "held" })
        assert(socket.send(1, "lost") == true)
        link.shut()
    end
end

assert(socket.connect(1, "TCP", "peer", 1, rsp))
