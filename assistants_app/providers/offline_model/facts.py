"""What the offline model knows about Easel: patterns and short answers, most special
first. Every answer is a fact about this product."""

from __future__ import annotations

_TIPS = (
    "Four things make a prompt strong:\n\n"
    "- **Style**: “oil painting”, “photorealistic”, “minimalist vector illustration”\n"
    "- **Composition**: “wide angle”, “close-up portrait”, “bird’s eye view”\n"
    "- **Mood and light**: “golden hour lighting”, “dramatic shadows”, “soft pastel colors”\n"
    "- **What to leave out**: “no text”, “no people”"
)
_CAN = (
    "I can draw what you describe and change it afterwards:\n\n"
    "- “Draw a castle in fog, watercolour, no people”\n"
    "- “make it night”, “add a boat”, “wider”, “another one”\n"
    "- “three variations of a red balloon, square”\n\n"
    "I also measure pictures that you attach, call function tools that you name, and answer "
    "questions about Easel. I am a demonstration with fixed rules, no language model."
)
_KEY = (
    "A key belongs to a connection of your organization:\n\n"
    "1. Open **Settings**, then **Connections**, and press **Add a connection**.\n"
    "2. Choose OpenAI or ClipDrop, paste the key, and press **Save and test**. The key is "
    "stored encrypted and never shown again.\n"
    "3. Choose it as the default for chat, for pictures, or for both, and press **Save "
    "defaults**.\n\n"
    "An admin can do it in a terminal too: `manage.py add_connection`."
)
_PAUSE = (
    "When a model calls a function tool, the run pauses and waits for your output. The call "
    "stands in the conversation with its id and its arguments as JSON text.\n\n"
    "Run your function, then write one output for every call into its card. The run then "
    "continues by itself. Doing the same from code needs the HTTP API, which comes next and "
    "is not part of this release."
)
_OUTPUT = (
    "The output is plain text that the model reads: a URL alone works, a small JSON object "
    'such as `{"url": "…", "size": "1024x1024"}` says more. It is not shown as a picture by '
    "itself; the model can only speak about it. Easel’s own **image_generation** tool puts the picture into "
    "the conversation, without any output from you."
)
_STREAM = (
    "Once every waiting call has its output, the same run goes on, and its answer streams "
    "into the conversation where it stopped. Nothing has to be reloaded. The HTTP API, with "
    "event streams for your own code, comes next and is not part of this release."
)
_MODES = (
    "**image_generation**, under **Tools** of an assistant, has three modes:\n\n"
    "- **Auto**: the model draws when a picture is wanted (recommended)\n"
    "- **On**: every message gets a picture\n"
    "- **Off**: no picture is made\n\n"
    "Set it in the assistant’s editor."
)
_WHAT = (
    "Easel is a workshop for assistants that draw: you talk to an assistant, watch its run "
    "live, and get pictures inside the conversation. You are talking to its offline "
    "demonstration: fixed rules, no language model, no network, no cost. With a connection "
    "to OpenAI or any compatible server, a real model answers instead."
)
_ENDPOINT = (
    "With **image_generation** switched on, you need no second endpoint: send every message "
    "to the assistant, and its model decides by itself when a picture is wanted. In the "
    "older way you define a function tool such as `create_image`; the run then pauses, "
    "you make the picture, and write the output into the card of the call. The sample "
    "assistant “Studio with create_image” shows that way."
)

# A pattern is searched in the whole text, without regard to case.
FACTS: tuple[tuple[str, str], ...] = (
    (r"(?:what|which) (?:is |output |should |do i |to )*(?:the )?outputs?\b.*(?:send|sent|submit|"
     r"url|be)|just the url|(?:send|submit).{0,30}\burl\b", _OUTPUT),
    (r"(?:stream|listener|events?).{0,60}(?:submit|tool outputs?|after)|"
     r"(?:submit|tool outputs?).{0,60}(?:stream|listener)", _STREAM),
    (r"requires[_ ]action|submit[_ ]tool|tool[_ ]outputs?|continue the run|how do i continue|"
     r"function (?:tool|call)|tool calls?\b|create_image", _PAUSE),
    (r"(?:can ?not|can'?t|won'?t|does(?: not|n'?t)|unable to|not able to|why (?:no|don'?t you))"
     r"\b.{0,40}\b(?:generate|create|make|draw)?.{0,12}(?:images?|pictures?)",
     "If an assistant says that it can’t make pictures, its image tool is off or its model "
     "can’t call tools. Open the assistant, set **image_generation** to **Auto**, and see in the "
     "settings that a default image connection exists. The offline connection always works."),
    (r"generations? endpoint|(?:assistants?|chat).{0,40}endpoint|how (?:can|do) i (?:know|"
     r"understand|tell) (?:that|if|whether) the prompt|image generation at playground|"
     r"test image generation", _ENDPOINT),
    (r"\b(?:modes?)\b.{0,40}\b(?:auto|on|off|images?)\b|\bauto\b.{0,20}\b(?:on|off|mode|mean)\b|"
     r"(?:switch|turn) (?:the )?(?:image|picture)s?.{0,12} (?:on|off)|image_generation", _MODES),
    (r"\b(?:base[_ ]?url|sdk|endpoint|rest api|http api|from (?:my )?code|python client|curl|"
     r"use (?:the|your) api|api (?:address|url))\b",
     "The HTTP API comes next; this release has none yet, so no base URL answers. API keys "
     "can already be created under **Settings**, **Members and keys**, or with `manage.py "
     "create_api_key`. Until then, everything works on these pages."),
    (r"\b(?:add|set|enter|put|use|change|where|need|get|have|without|my|own)\b.{0,30}\b(?:api )?"
     r"keys?\b(?!board)|connect(?:ing)? (?:to )?(?:openai|clipdrop)|real (?:ai|model|llm)|"
     r"(?:add|make|new|create) (?:a |an )?connection|use (?:openai|chatgpt|gpt|dall|clipdrop)",
     _KEY),
    (r"\b(?:connections?|providers?|openai|clipdrop|dall-?e|vllm|ollama|llama|localai)\b",
     "Pictures and answers come through **connections**: `offline` (this demonstration and "
     "its painter), `openai` (OpenAI or any compatible server by its base URL), and "
     "`clipdrop`. An admin adds them under **Settings**, **Connections**, and chooses which "
     "is the default for chat and which for pictures."),
    (r"\b(?:costs?|price|prices|pay|paid|free|budget|money|billing|expensive|charge[ds]?)\b",
     "The offline demonstration costs nothing. For other connections each call is planned "
     "first and then counted, with its price where it is known; an unknown price is written "
     "as unknown, never as zero. No paid call is repeated by itself."),
    (r"\b(?:shortcuts?|keyboard|hot ?keys?|keys do)\b",
     "`Ctrl` or `Cmd` with `Enter` sends, `Esc` closes what is open or stops the run, and `/` "
     "jumps to the text field. `G` and then `P`, `I` or `A` goes to Playground, Images or "
     "Assistants."),
    (r"\b(?:stop|cancel|abort)\b.{0,20}\b(?:run|you|drawing|it|generation|answer)\b",
     "Press **Stop** or `Esc`. The run ends at once; what was written stays, and a paid "
     "picture that is already under way is still stored."),
    (r"revised[_ ]prompt|(?:sent|rewritten|rewrite|enhance|improve)\w*.{0,20}\bprompt",
     "A picture keeps up to three prompts: what you **asked**, what the assistant **sent**, "
     "and what the provider **revised** it to. The picture’s card shows them."),
    (r"\bprompt(?:ing)?\b.{0,20}\b(?:tips?|good|better|best|guide|advice)|(?:good|better|best|"
     r"write|writing|tips? (?:for|on)|how (?:do|to|should)).{0,24}\bprompts?\b", _TIPS),
    (r"(?:what|which|list)\b.{0,20}\b(?:styles?)\b",
     "Styles that I tell apart: oil painting, watercolour, line art, flat vector, pixel art, "
     "photorealistic and minimalist. Other words are passed on to the painter as they are."),
    (r"(?:what|which|how)\b.{0,24}\b(?:sizes?|resolutions?|aspect|ratios?|formats?|big|large)\b",
     "The usual size is 1024 × 1024. The offline painter takes every ratio from 1:3 to 3:1: "
     "say “wide”, “portrait”, “16:9” or “1536x1024”. Other models offer fewer sizes; the "
     "nearest one is taken, and the picture’s card says so."),
    (r"\b(?:attach|upload|paste|drop|my own (?:picture|photo|image)|send you (?:a|an) )\b",
     "Paste, drop or pick a PNG, JPEG, WebP or GIF in the message field. I describe its true "
     "size, colours and brightness; with the image tool on, I can also ask for a change of it."),
    (r"\b(?:mask|edit|change|modify)\w*\b.{0,30}\b(?:pictures?|images?|drawing)\b|inpaint",
     "Say the change in a sentence after a picture: “make it night”, “add a boat”, “without "
     "the birds”. The newest picture is changed; “the first one” names another. The earlier "
     "one is kept."),
    (r"(?:where|how)\b.{0,24}\b(?:stored?|saved?|kept|keep|download|data|files?)\b|privacy|"
     r"private|\bgdpr\b",
     "Everything stays on this server, in its data folder (`var/` unless set otherwise). The "
     "offline connection sends nothing anywhere. Each picture’s card has a download link."),
    (r"invite|colleague|team ?mate|new user|add (?:a )?users?|sign[- ]?in link|log ?in|password",
     "An admin makes a user with `manage.py create_user EMAIL --organization ORG --role "
     "member`, which prints a sign-in link. A signed-in user can set a password."),
    (r"\b(?:assistants?)\b.{0,30}\b(?:is|are|new|make|create|add|edit|change|sample)|"
     r"(?:new|make|create|add|edit|what|which)\b.{0,20}\bassistants?\b",
     "An assistant is a model with instructions and tools. Under **Assistants** you edit the "
     "samples (Illustrator, Postcard maker, Storyteller, Studio with create_image) or make "
     "your own: name, instructions, model, and how it makes pictures."),
    (r"\bwhat (?:can|do) you (?:do|draw|paint|offer|know)|what (?:else )?can (?:i|we) (?:do|ask|"
     r"draw|try|say)|^(?:please )?help(?: me)?[\s!.?]*$|how (?:does|do) (?:this|you|it|i) (?:work|use|"
     r"start|begin)|get(?:ting)? started|give me (?:an? |some )?(?:examples?|ideas?)|"
     r"^(?:can|do|could) you (?:draw|paint|make pictures|sketch)[\s?]*$|what (?:should|shall) "
     r"(?:i|we) draw|are you able to draw", _CAN),
    (r"\bhow (?:do|can|to|would|should)\b.{0,12}\b(?:draw|paint|sketch)\b",
     "I can’t teach drawing by hand, but I can show you a picture: write “Draw …” with the "
     "thing, a style and a light, for example “Draw a cat in a window, line art”."),
    (r"who (?:are|made|built|created) you|what are you|what is (?:this|easel)|are you (?:an? )?"
     r"(?:ai|chatgpt|gpt|human|bot|robot|real|llm|language|person|claude|openai|model)|"
     r"language model|your name|which model|what model|about easel|\beasel\b.{0,12}\bis\b|"
     r"tell me about (?:yourself|easel)|offline (?:model|mode)|why offline", _WHAT),
)  # fmt: skip
