-- `~calls`: what scripts call on the lines of generation A, plain or TLS, as `link` and `linkssl`
-- have it. A class says what differs, see `~links`.

local here = ...
local bearer, links = here.library("~bearer"), here.library("~links")
local assert, print, sub, type = assert, here.print, string.sub, type

return function(class)
    local name, all = class.name, class.all
    local calls = {}

    local function valid(id, action)
        local of = all()[id]
        if not of then
            print(name .. ".validaction: id nil", id)
            return nil
        end
        local state = of.state
        local busy = sub(state, -3) == "ING" and action == "CONNECT"
        if busy or state == "CLOSING" or state == "DISCONNECTING" and action == "DISCONNECT" then
            print(name .. ".validaction:", id, action, state)
            return nil
        end
        return of
    end

    local function open(id, notify, recv, tag)
        links.open(class, id, notify, recv, tag)
        if here.dev.link.ip ~= "IP STATUS" then bearer.set_up() end
    end

    function calls.open(notify, recv, tag)
        assert(notify ~= nil, name .. ".open: notify func is nil")
        assert(recv ~= nil, name .. ".open: recv func is nil")
        local taken = all()
        for id = 0, links.LAST do
            if not taken[id] then
                open(id, notify, recv, tag)
                return id
            end
        end
        return nil, "no empty link"
    end

    function calls.openid(id, notify, recv, tag)
        if type(id) ~= "number" or id < 0 or id > links.LAST or all()[id] then
            print("openid error", id)
            return false
        end
        open(id, notify, recv, tag)
        return true
    end

    function calls.connect(id, prot, addr, port, chksvrcrt, crtconfig)
        local state = here.dev.link
        local of = valid(id, "CONNECT")
        if not of or of.state == "CONNECTED" then return false end
        print(name .. ".connect", id, prot, addr, port, state.ip, state.shuting, false)
        local where = class.where(prot, addr, port, chksvrcrt, crtconfig)
        of.state = "CONNECTING"
        if state.ip ~= "IP STATUS" or state.shuting then
            of.pended = where
        else
            links.start(of, where)
        end
        return true
    end

    -- Luat: a pended connect is given up without the modem, and nothing is returned.
    local function leave(id, action, doing)
        local of = valid(id, action)
        if not of then return false end
        local pended = of.pended
        of.state, of.pended = doing, nil
        if pended and here.dev.link.ip ~= "IP STATUS" then
            of:give_up()
            return
        end
        links.request("close", of)
        return true
    end

    function calls.disconnect(id) return leave(id, "DISCONNECT", "DISCONNECTING") end
    function calls.close(id) return leave(id, "CLOSE", "CLOSING") end

    function calls.send(id, data)
        local of = all()[id]
        if not of or of.state ~= "CONNECTED" then
            print(name .. ".send: error", id)
            return false
        end
        links.send(of, data)
        return true
    end

    function calls.getstate(id)
        local of = all()[id]
        return of and of.state or "NIL LINK"
    end

    return calls
end
