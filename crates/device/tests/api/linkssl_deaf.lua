-- Luat: an app that does not return true keeps the news of a shut from `linkssl`. Its line then seems to
-- stand; what is done with it fails, and does no harm to others.
require "linkssl"

local heard = {}
local function notify(id, evt, val) heard[#heard + 1] = id .. " " .. evt .. " " .. val end
local function recv() end
local function in_ms(ms, act) sys.timer_start(act, ms) end

sys.regapp(function() end, "IP_SHUTING_IND")
assert(linkssl.open(notify, recv) == 0 and linkssl.connect(0, "TCP", "peer", 1))
in_ms(2000, function()
    link.shut()
    in_ms(8000, function()
        assert(linkssl.getstate(0) == "CONNECTED", "it has not heard of it")
        assert(link.open(notify, recv) == 0 and link.connect(0, "TCP", "other", 1))
        in_ms(1000, function()
            assert(link.getstate(0) == "CONNECTED")
            assert(linkssl.send(0, "to nobody") == true)
            assert(linkssl.close(0) == true)
            in_ms(1000, function()
                local all = table.concat(heard, "; ")
                assert(all == "0 CONNECT CONNECT OK; 0 CONNECT CONNECT OK; 0 SEND SEND FAIL; 0 CLOSE OK", all)
                assert(link.getstate(0) == "CONNECTED" and linkssl.getstate(0) == "NIL LINK")
                expects_none("other got")
                expects_none("other closed")
                done()
            end)
        end)
    end)
end)
