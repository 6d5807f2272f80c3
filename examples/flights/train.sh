#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains a model of late flights on what the feature service departure_delay would have said an hour before they were to
# leave, and scores the next flights by what it says now.
set -euo pipefail

usage() {
  echo "usage: examples/flights/train.sh [--rows N] [--out FILE] [--host URL] [--data DIR]"
  echo "       a server with flights runs: ./kinglet demo"
}

here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=../models/options.sh
. "$here/../models/options.sh"
rows=50000
out=$here/model.json
read_options "$@"

# A flight was planned to leave its delay before it left. Who asked at the time it left would already see that it is late.
training_set departure_delay corrected "
  SELECT * FROM (
    WITH departed_at - INTERVAL delay_minutes MINUTE AS planned_at
    SELECT planned_at - INTERVAL 1 HOUR AS asked_at, origin, destination, toHour(planned_at) AS hour,
      distance_miles AS miles, delay_minutes >= 15 AS late
    FROM flights
    WHERE departed_at > asked_at AND asked_at >= (SELECT min(departed_at) FROM flights) + INTERVAL 7 DAY
    ORDER BY cityHash64(departed_at, origin, destination) LIMIT $rows)
  ORDER BY asked_at, origin, destination, miles, late"

"$kinglet" model train "$work/departure_delay.ndjson" --label late --time asked_at --naive origin --out "$out" \
  --numbers departures_1h,departures_6h,delay_1h,delay_6h,delay_7d,delay_p90_6h,late_share_6h,route_departures_7d,route_delay_7d,route_late_share_7d,distance_miles \
  --categories departs_hour
echo
"$kinglet" model flights --model "$out"
