/* SPDX-License-Identifier: Apache-2.0 */
#include "report/page.h"

/* Okabe and Ito's blue and vermillion, as in plots/common.gp; lighter ones where it is dark. */
static const char style[] =
        ":root{color-scheme:light dark;--ink:#1c1f23;--soft:#5b636d;--line:#dfe3e8;--card:#f6f8fa;"
        "--page:#fff;--pmd:#0072b2;--pte:#c04f00;--warn:#fff4d6;--warn-line:#e69f00}\n"
        "@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa3ad;--line:#333941;"
        "--card:#1d2126;--page:#14171a;--pmd:#56b4e9;--pte:#f0883e;--warn:#3a2e10;"
        "--warn-line:#e69f00}}\n"
        "*{box-sizing:border-box}\n"
        "body{margin:0;background:var(--page);color:var(--ink);"
        "font:15px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}\n"
        "main{max-width:1200px;margin:0 auto;padding:24px 20px 60px}\n"
        "h1{font-size:27px;line-height:1.2;margin:0 0 6px}\n"
        "h2{font-size:20px;margin:44px 0 8px;padding-top:10px;border-top:1px solid var(--line)}\n"
        "h3{font-size:16px;margin:22px 0 6px}\n"
        "p{margin:6px 0 10px;max-width:80ch}p.where{max-width:none}\n"
        ".lead,.where,figcaption,.note{color:var(--soft)}\n"
        "nav{margin:14px 0;font-size:14px}nav a{margin-right:16px;white-space:nowrap}\n"
        "a{color:var(--pmd)}\n"
        ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;"
        "margin:18px 0}\n"
        ".card{background:var(--card);border:1px solid var(--line);border-radius:8px;"
        "padding:12px 14px}\n"
        ".card b{display:block;font-size:19px;line-height:1.25;font-weight:650}\n"
        ".card span{display:block;color:var(--soft);font-size:13px}\n"
        ".pmd{color:var(--pmd)}.pte{color:var(--pte)}.open{color:var(--soft)}\n"
        ".warning{background:var(--warn);border-left:4px solid var(--warn-line);padding:8px 14px;"
        "margin:12px 0}.warning p{margin:2px 0}\n"
        ".scroll{overflow-x:auto;margin:10px 0}\n"
        "table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums;"
        "min-width:50%}\n"
        "th{font-weight:600;color:var(--soft);text-align:left;"
        "border-bottom:2px solid var(--line)}\n"
        "td{border-bottom:1px solid var(--line)}\n"
        "th,td{padding:4px 14px 4px 0;vertical-align:top}"
        "td{white-space:nowrap}th{vertical-align:bottom}\n"
        "td.wrap{white-space:normal;min-width:24ch}\n"
        "td.n,th.n{text-align:right}\n"
        "tr.group td{padding-top:14px;font-weight:600;border-bottom:2px solid var(--line)}\n"
        ".gain{font-weight:650}.small{font-size:13px;color:var(--soft)}"
        "td.wide{color:var(--soft);text-decoration:underline dotted}\n"
        "figure{margin:22px 0}\n"
        "figure>div{background:#fff;border:1px solid var(--line);border-radius:8px;padding:8px;"
        "overflow-x:auto}\n"
        "figure svg{display:block;width:100%;min-width:680px;max-width:900px;height:auto;"
        "margin:0 auto}\n"
        "figcaption{font-size:14px;max-width:86ch;margin-top:6px}\n"
        "svg.interval{display:block;margin-top:3px;width:150px}\n"
        "svg.interval .one{stroke:var(--soft);stroke-width:1}\n"
        "svg.interval .reach{stroke:currentColor;stroke-width:1;opacity:.35}\n"
        "svg.interval .span{stroke:currentColor;stroke-width:5;opacity:.45}\n"
        "svg.interval circle{fill:currentColor}\n"
        "svg.interval.open circle{fill:var(--page);stroke:currentColor;stroke-width:1.5}\n"
        ".emulated .pmd,.emulated .pte{color:var(--soft)}\n"
        "dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:3px 18px;margin:8px 0}\n"
        "dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}\n"
        "ul.policy{padding:0;margin:8px 0;list-style:none;max-width:100ch}\n"
        "ul.policy li{border-left:4px solid var(--line);padding:2px 0 2px 12px;margin:8px 0}\n"
        "ul.policy li.gains{border-color:var(--pmd)}ul.policy li.costs{border-color:var(--pte)}\n"
        "ul.policy li.unresolved{color:var(--soft)}\n"
        "details{font-size:13px;color:var(--soft)}summary{cursor:pointer}\n"
        "p.rows{max-width:none;max-height:12em;overflow-y:auto}\n"
        "tr:target td,td:target{background:var(--warn)}\n"
        "span.under{display:block;font-size:12px;color:var(--soft)}\n"
        "pre{background:var(--card);border:1px solid var(--line);border-radius:8px;"
        "padding:10px 14px;overflow-x:auto;font-size:13px}\n"
        "@media(max-width:600px){main{padding:16px 12px 40px}h1{font-size:22px}"
        ".cards{grid-template-columns:1fr 1fr;gap:8px}.card b{font-size:18px}"
        "dl.facts{grid-template-columns:1fr;gap:0}dl.facts dd{margin-bottom:6px}}\n"
        "@media print{:root{--ink:#000;--page:#fff;--card:#fff;--soft:#444;--line:#bbb;"
        "--pmd:#0072b2;--pte:#c04f00}body{font-size:11px}main{max-width:none;padding:0}"
        "nav{display:none}"
        "table{font-size:9px}.small{font-size:8px}th,td{padding-right:7px}"
        "svg.interval{width:80px;height:7px}td.wrap{min-width:14ch}td.small{white-space:normal}"
        "figcaption{font-size:10px}.card b{font-size:14px}.card span{font-size:10px}"
        ".scroll,figure>div{overflow:visible}figure,tr{break-inside:avoid}h2{break-after:avoid}"
        "figure svg{min-width:0}}\n";

void page_begin(struct html *html, const char *title)
{
        html_raw(html, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                       "<title>");
        html_text(html, title);
        html_raw(html, "</title>\n<style>\n");
        html_raw(html, style);
        html_raw(html, "</style></head>\n<body>\n");
}

void page_end(struct html *html)
{
        html_raw(html, "</body></html>\n");
}
