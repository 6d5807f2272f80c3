#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains a model of carts that are given up, on what the feature service checkout_offer would have said when the item was put
# into the cart.
set -euo pipefail

usage() {
  echo "usage: examples/checkout/train.sh [--rows N] [--out FILE] [--host URL] [--data DIR]"
  echo "       events come from: ./kinglet deploy examples/checkout"
  echo "                         ./kinglet generate checkout --history 7d --history-events 200000 --rate 0"
}

here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=../models/options.sh
. "$here/../models/options.sh"
rows=50000
out=$here/model.json
read_options "$@"

# A row for each cart whose end is known: what the shopper did next with the item.
training_set checkout_offer as_known "
  SELECT asked_at, user_id, item_id, price AS cart_value, next = 'remove' AS given_up
  FROM (
    SELECT at AS asked_at, user_id, item_id, price, kind,
      leadInFrame(kind) OVER (PARTITION BY user_id, item_id ORDER BY at ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS next
    FROM shop_events)
  WHERE kind = 'cart' AND next IN ('buy', 'remove')
  ORDER BY asked_at, user_id
  LIMIT $rows"

"$kinglet" model train "$work/checkout_offer.ndjson" --label given_up --time asked_at --naive user_id --naive item_id \
  --out "$out" \
  --numbers views_1h,carts_1h,bought_7d,given_up_7d,spend_7d,items_24h,looks_1h,item_views_1h,item_share_bought_24h,stock,value_ratio \
  --categories device
echo
echo "an offer for each cart: ./kinglet model checkout --model $out"
