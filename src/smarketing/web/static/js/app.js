// What every page starts. Each module does one thing and leaves alone what it does not find; everything but charts works without them.
import { startCharts } from "./charts.js";
import { startClocks } from "./clocks.js";
import { startDialogs } from "./dialogs.js";
import { startForms } from "./forms.js";
import { startInbox } from "./inbox.js";
import { startKeys } from "./keys.js";
import { startTables } from "./tables.js";
import { startTerms } from "./terms.js";
import { startThemeSwitch } from "./switch.js";
import { startToasts } from "./toasts.js";

startThemeSwitch();
startToasts();
startDialogs();
startForms();
startKeys();
startTables(document);
startTerms(document);
startCharts(document);
startClocks();
startInbox();
// Parts that arrive later bring words and charts of their own.
document.addEventListener("htmx:load", (event) => {
  startTables(event.detail.elt);
  startTerms(event.detail.elt);
  startCharts(event.detail.elt);
});
