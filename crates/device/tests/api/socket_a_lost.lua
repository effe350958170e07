-- What a failed connect's callback queues is lost; what waits for a response is held.
require "socket"

local story = {}
local function note(words) story[#story + 1] = words end

local function held()
    assert(socket.send(1, "one") and socket.send(1, "two"))
    socket.setwaitingrspitem(1, { data = "one" })
    sys.timer_start(function()
        assert(table.concat(story, "; ") == "CONNECT false; CONNECT true; SEND true one",
            table.concat(story, "; "))
        done()
    end, 2000)
end

local function rsp(_, evt, result, item)
    note(evt .. " " .. tostring(result) .. (item and " " .. item.data or ""))
    if evt == "CONNECT" and not result then
        world("manner", "host", "peer")
        assert(socket.send(1, "lost") == true, "it connects")
    elseif evt == "CONNECT" then
        sys.timer_start(held, 1000)
    end
end

world("manner", "host", "refused")
assert(socket.connect(1, "TCP", "host", 1, rsp))
