# Keeps of a Lighthouse report what rounds-perfcheck and Lighthouse CI's assertions read, at another time.
def scored: .scoreDisplayMode == "binary" or .scoreDisplayMode == "numeric" or .scoreDisplayMode == "metricSavings";
def item:
  if type != "object" then . else
    with_entries(select(.key | IN("url", "href", "label", "name", "resourceType", "transferSize", "requestCount",
                                  "duration", "startTime", "source", "sourceLocation", "node", "description")))
    | if .node then .node |= {path, selector, snippet, nodeLabel} else . end
    | if .sourceLocation then .sourceLocation |= {url, line, column} else . end
  end;
def kept: . == "resource-summary" or . == "user-timings" or . == "network-requests";
def audit:
  .id as $id
  | {id, score, scoreDisplayMode}
  + (if scored and .score != null and .score < 1 then {title} else {} end)
  + (if has("numericValue") then {numericValue} else {} end)
  + (if has("scoringOptions") then {scoringOptions} else {} end)
  + (if .details.items and (($id | kept) or (scored and .score != null and .score < 0.9))
     then {details: {items: [.details.items[] | item]}} else {} end);
{lighthouseVersion, requestedUrl, finalDisplayedUrl, finalUrl, fetchTime: $time, gatherMode, runWarnings,
 environment: (.environment | {benchmarkIndex, hostUserAgent, credits}),
 configSettings: (.configSettings | {formFactor, throttlingMethod, throttling}),
 categories: (.categories | map_values({id, score, auditRefs: [.auditRefs[] | {id, weight}]})),
 audits: (.audits | map_values(select(.id | test("screenshot") | not) | audit))}
