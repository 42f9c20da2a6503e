"""A server whose one channel is a forum, as Discord would serve it."""

from aiohttp import web

from tests.kill import objects
from tests.kill.objects import CHANNEL_ID
from tests.kill.study_room import StudyRoom
from tests.small_discord import answer

FORUM = 15


class ForumRoom(StudyRoom):
    """Discord's routes of a forum. Asked for "standing", it makes a post, each time another one.

    ``refusals``: the status of answers to such requests, each of which was heard all the same.
    ``puts_away``: every post is archived at once.
    """

    def __init__(self, now) -> None:
        super().__init__(now)
        self.posts: list[dict] = []
        self.refusals: list[int] = []
        self.puts_away = False
        del self.messages[CHANNEL_ID]

    def guild(self):
        told = super().guild()
        told["channels"][0] |= {"type": FORUM, "available_tags": [], "default_forum_layout": 0}
        return told | {"threads": self._known(archived=False)}

    def _routes(self):
        channel, api = "/api/v10/channels/{channel}", "/api/v10"
        return [
            web.get(api + "/guilds/{guild}/threads/active", self._active),
            web.get(channel + "/threads/archived/public", self._archived),
            web.post(channel + "/threads", self._make_post),
            *super()._routes(),
        ]

    def _known(self, *, archived):
        return [p for p in self.posts if p["thread_metadata"]["archived"] is archived]

    async def _active(self, _):
        return answer({"threads": self._known(archived=False), "members": []})

    async def _archived(self, _):
        self.looks += 1
        return answer({"threads": self._known(archived=True), "members": [], "has_more": False})

    async def _channel(self, request):
        known = [*self.posts, *self.guild()["channels"]]
        found = [each for each in known if each["id"] == request.match_info["channel"]]
        return answer(found[0]) if found else answer({"code": 10003, "message": "Unknown"}, 404)

    async def _make_post(self, request):
        body = await request.json()
        if self.asked("standing"):
            return answer({}, 500)
        card = self._message(0, components=body["message"]["components"])
        card["channel_id"] = card["id"]  # a post has the id of its first message
        self.messages[int(card["id"])] = [card]
        post = objects.thread(int(card["id"]), self._user(), body["name"], self.now())
        post["last_message_id"] = card["id"]
        post["thread_metadata"]["archived"] = self.puts_away
        self.posts.append(post)
        self.made["standing"] += 1
        self.done("standing")
        if self.refusals:
            return answer({"message": "Bad Gateway", "code": 0}, self.refusals.pop(0))
        if self.trouble == "hangs up":
            request.transport.close()
        return answer({**post, "message": card}, 201)
