import { Tinybird } from "@tinybirdco/sdk";
import { pageViews, pathDays } from "./datasources";
import { countPathDays, pathTotals, topPages } from "./pipes";

export const tinybird = new Tinybird({
  datasources: { pageViews, pathDays },
  pipes: { countPathDays, pathTotals, topPages },
});
