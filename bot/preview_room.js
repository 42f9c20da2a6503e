// In simcord's own page, which stays where it was scrolled to: brings into sight what the viewer's
// last click or command made, be that a new answer or a card edited in place, and what is new.
"use strict";
{
  const page = document.getElementById("preview-app");
  const timeline = document.getElementById("channel-timeline");
  let newest = "", last = "";

  function follow() {
    if (page.getAttribute("aria-busy") !== "false") return;
    const { lastAction, publishedRevision, projectedMessageIds } = window.simcordPreview;
    if (lastAction?.revision > publishedRevision) return;  // what it made is yet to be drawn
    const made = lastAction?.outcomes?.findLast(({ messageId }) => messageId)?.messageId;
    const latest = projectedMessageIds.at(-1) ?? "";
    const target = latest !== newest ? latest : lastAction?.requestId !== last ? made : null;
    newest = latest;
    last = lastAction?.requestId;
    const message = target && timeline.querySelector(`[data-message-id="${target}"]`);
    if (!message) return;
    // In two frames, since in the next one simcord still scrolls to where it was.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const isTall = message.offsetHeight > timeline.clientHeight;
      message.scrollIntoView({ block: isTall ? "start" : "nearest" });
    }));
  }

  new MutationObserver(follow).observe(page, { attributeFilter: ["aria-busy"] });
}
