-- Commands keep their order: a send whose turn comes behind a shut fails after it.
require "socket"

local story = {}
local function rsp(_, evt, result, item)
    story[#story + 1] = evt .. " " .. tostring(result) .. (item and " " .. item.data or "")
    if result == "SHUTED" then assert(link.getstate(0) == "CLOSED") end
    if evt ~= "CONNECT" then return end
    assert(socket.send(1, "one") and socket.send(1, "two") and socket.send(1, "three"))
    link.shut()
    sys.timer_start(function()
        local all = table.concat(story, "; ")
        assert(all == "CONNECT true; SEND true one; STATE SHUTED; SEND false two; SEND false three", all)
        done()
    end, 1000)
end

assert(socket.connect(1, "TCP", "peer", 1, rsp))
