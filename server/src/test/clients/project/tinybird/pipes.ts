import { defineEndpoint, defineMaterializedView, node, p, t } from "@tinybirdco/sdk";
import { pathDays } from "./datasources";

export const countPathDays = defineMaterializedView("count_path_days", {
  description: "Fills path_days",
  datasource: pathDays,
  nodes: [
    node({
      name: "counted",
      sql: `
        SELECT toDate(timestamp) AS day, pathname, countState() AS views, uniqState(session_id) AS visitors
        FROM page_views
        GROUP BY day, pathname
      `,
    }),
  ],
});

export const topPages = defineEndpoint("top_pages", {
  description: "The most seen pages",
  params: {
    start: p.dateTime().optional("2020-01-01 00:00:00").describe("First moment"),
    countries: p.array(p.string()).optional("").describe("Only these countries"),
    limit: p.int32().optional(10),
  },
  nodes: [
    node({
      name: "seen",
      sql: `
        SELECT pathname, session_id, duration_ms
        FROM page_views
        WHERE timestamp >= {{DateTime(start, '2020-01-01 00:00:00')}}
        {% if defined(countries) and countries != '' %}
          AND country IN {{Array(countries, 'String', '')}}
        {% end %}
      `,
    }),
    node({
      name: "ranked",
      sql: `
        SELECT pathname, count() AS views, uniqExact(session_id) AS visitors, sum(duration_ms) AS duration
        FROM seen
        GROUP BY pathname
        ORDER BY views DESC, pathname
        LIMIT {{Int32(limit, 10)}}
      `,
    }),
  ],
  output: {
    pathname: t.string(),
    views: t.uint64(),
    visitors: t.uint64(),
    duration: t.uint64(),
  },
});

export const pathTotals = defineEndpoint("path_totals", {
  params: { pathname: p.string() },
  nodes: [
    node({
      name: "merged",
      sql: `
        SELECT pathname, countMerge(views) AS views, uniqMerge(visitors) AS visitors
        FROM path_days
        WHERE pathname = {{String(pathname)}}
        GROUP BY pathname
      `,
    }),
  ],
  output: { pathname: t.string(), views: t.uint64(), visitors: t.uint64() },
});
