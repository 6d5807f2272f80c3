import { column, defineDatasource, engine, t, type InferRow } from "@tinybirdco/sdk";

export const pageViews = defineDatasource("page_views", {
  description: "One row for each page seen",
  schema: {
    timestamp: t.dateTime64(3),
    session_id: t.string(),
    pathname: t.string(),
    country: t.string().lowCardinality().nullable(),
    duration_ms: t.uint32().default(0),
    tags: column(t.array(t.string()), { jsonPath: "$.tags[:]" }),
  },
  engine: engine.mergeTree({
    sortingKey: ["pathname", "timestamp"],
    partitionKey: "toYYYYMM(timestamp)",
  }),
});

export const pathDays = defineDatasource("path_days", {
  description: "Views and visitors of each path and day",
  jsonPaths: false,
  schema: {
    day: t.date(),
    pathname: t.string(),
    views: t.aggregateFunction("count", t.uint64()),
    visitors: t.aggregateFunction("uniq", t.string()),
  },
  engine: engine.aggregatingMergeTree({ sortingKey: ["day", "pathname"] }),
});

export type PageViewsRow = InferRow<typeof pageViews>;
