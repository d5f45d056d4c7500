// The one entry. Pages work without any of it; each module serves some data- attributes.
import "./theme.js";
import "./sheets.js";
import "./popovers.js";
import "./tabs.js";
import "./fields.js";
import "./attach.js";
import "./confirm.js";
import "./copy.js";
import "./keys.js";
import "./timers.js";
import "./scroll.js";
import "./notes.js";
import "./title.js";
import "./unsent.js";
import "./connection.js";
