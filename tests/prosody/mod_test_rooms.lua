-- For tests: does for rooms what Jitsi's own modules do, as far as ours depends on it.

local st = require "util.stanza";

-- One breakout room for each room, noted where mod_muc_breakout_rooms.lua notes it.
module:hook("muc-room-created", function (event)
	local name = event.room.jid:match("^[^@]+");
	event.room._data.breakout_rooms = { [name .. "-side@breakout.meet.test"] = "Side" };
end);

-- A token is good for its own room only, as mod_token_verification.lua sees to.
module:hook("muc-occupant-pre-join", function (event)
	local room = event.origin.jitsi_meet_room;
	if room and room .. "@" .. module.host ~= event.room.jid then
		event.origin.send(st.error_reply(event.stanza, "cancel", "not-allowed"));
		return true;
	end
end, 99);
