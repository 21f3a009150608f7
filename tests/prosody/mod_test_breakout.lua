-- For tests: gives each room one breakout room, noted where Jitsi's mod_muc_breakout_rooms.lua notes it.

module:hook("muc-room-created", function (event)
	local name = event.room.jid:match("^[^@]+");
	event.room._data.breakout_rooms = { [name .. "-side@breakout.meet.test"] = "Side" };
end);
