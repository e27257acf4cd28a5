// The one script of the house. Every page works without it; with it the keyboard is faster and nothing typed is lost.
import { startCombos } from "./combo";
import { startDialogs } from "./dialogs";
import { startDrafts } from "./drafts";
import { startDropzones } from "./dropzone";
import { startFields } from "./fields";
import { startForms } from "./forms";
import { startHtmx } from "./swaps";
import { startIslands } from "./islands";
import { startKeys } from "./keys";
import { startNavigation } from "./navigation";
import { startOutbox } from "./outbox";
import { startPalette } from "./palette";
import { startPulse } from "./pulse";
import { startRegions } from "./regions";
import { startRelogin } from "./relogin";
import { startRows } from "./rows";

startHtmx();
startDialogs();
startNavigation();
startPalette();
startKeys();
startForms();
startFields();
startRows();
startDrafts();
startDropzones();
startCombos();
startIslands();
startRelogin();
startRegions();
startPulse();
startOutbox();

// Drawing weighs as much as the rest of the house: it is fetched where a page has figures to draw.
const charts = document.querySelectorAll<HTMLElement>("[data-chart]");
if (charts.length > 0) void import("./charts").then((drawing) => drawing.drawCharts(charts));
