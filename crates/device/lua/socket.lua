-- `socket`: generation A's callback sockets, and beside them the client objects of generation B.

local here = ...
local link, pairs = here.library("link"), pairs

local socket, connect, create =
    here.library("~sockets")({ name = "socket", link = link, lines = "links", most = 5, taken = 5 })

socket.SCK_MAX_CNT, socket.NORMAL, socket.SVR_CHANGE, socket.DISCTHENTRY = 5, 0, 1, 2
socket.connect, socket.create = connect, create

-- Client objects of generation B.
for name, value in pairs(here.library("~clients") or {}) do socket[name] = value end

return socket
