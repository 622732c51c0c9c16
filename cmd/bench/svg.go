package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// The plot's size and the room around its axes, in pixels.
const (
	plotWidth, plotHeight             = 760, 420
	plotLeft, plotTop                 = 80, 50
	plotRight, plotBottom             = 30, 60
	plotInner, plotDeep               = plotWidth - plotLeft - plotRight, plotHeight - plotTop - plotBottom
	plotGuide, plotGrid, plotInk      = "#999", "#e4e4e4", "#333"
	plotStyle, plotDash, plotBackdrop = "font-family:sans-serif;font-size:12px", "5 4", "#fff"
)

var plotColours = []string{"#1f6fb4", "#c8501e", "#2c8a4b", "#7b4ba0"}

// axis is a logarithmic one.
type axis struct {
	from, to float64
	first    float64 // pixel of from
	last     float64
}

func (a axis) at(v float64) float64 {
	return a.first + (a.last-a.first)*(math.Log(v)-math.Log(a.from))/(math.Log(a.to)-math.Log(a.from))
}

// svg draws series over logarithmic axes: the time of a message, in milliseconds,
// over a quantity whose values are named by label and marked at each of its ticks. A
// dashed line through the last point of each is what grows in proportion.
func svg(title, quantity string, all []series, ticks []float64, label func(float64) string) string {
	x, y := axes(all, ticks)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" style="%s">`+"\n", plotWidth, plotHeight, plotStyle)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="%s"/>`+"\n", plotWidth, plotHeight, plotBackdrop)
	text(&b, plotLeft, 24, "start", title)
	for _, t := range ticks {
		line(&b, x.at(t), y.first, x.at(t), y.last, plotGrid, "")
		text(&b, x.at(t), plotHeight-plotBottom+18, "middle", label(t))
	}
	for t := y.from; t <= y.to*1.01; t *= 10 {
		line(&b, x.first, y.at(t), x.last, y.at(t), plotGrid, "")
		text(&b, plotLeft-8, y.at(t)+4, "end", fmt.Sprintf("%g ms", t))
	}
	text(&b, plotLeft+plotInner/2, plotHeight-16, "middle", quantity)
	for i, s := range all {
		curve(&b, x, y, s, plotColours[i%len(plotColours)])
		legend(&b, i, s.name, plotColours[i%len(plotColours)])
	}
	line(&b, plotLeft+14, plotTop+18*float64(len(all))+10, plotLeft+40, plotTop+18*float64(len(all))+10, plotGuide, plotDash)
	text(&b, plotLeft+48, plotTop+18*float64(len(all))+14, "start", "in proportion")
	b.WriteString("</svg>\n")
	return b.String()
}

// axes has room for all points, the times to whole powers of ten.
func axes(all []series, ticks []float64) (x, y axis) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range all {
		for _, p := range s.points {
			low, high = min(low, millis(p.took)), max(high, millis(p.took))
		}
	}
	x = axis{ticks[0], ticks[len(ticks)-1], plotLeft, plotLeft + plotInner}
	y = axis{math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high))), plotTop + plotDeep, plotTop}
	return x, y
}

func curve(b *strings.Builder, x, y axis, s series, colour string) {
	var points []string
	for _, p := range s.points {
		at := fmt.Sprintf("%.1f,%.1f", x.at(float64(p.n)), y.at(millis(p.took)))
		points = append(points, at)
		fmt.Fprintf(b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>`+"\n", x.at(float64(p.n)), y.at(millis(p.took)), colour)
	}
	if len(s.points) < 2 {
		return
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), colour)
	// The line of proportion, from where it leaves the plot or the series begins.
	last := s.points[len(s.points)-1]
	each := millis(last.took) / float64(last.n)
	from := max(float64(s.points[0].n), y.from/each)
	line(b, x.at(from), y.at(from*each), x.at(float64(last.n)), y.at(millis(last.took)), plotGuide, plotDash)
}

func legend(b *strings.Builder, i int, name, colour string) {
	at := plotTop + 18*float64(i) + 10
	line(b, plotLeft+14, at, plotLeft+40, at, colour, "")
	text(b, plotLeft+48, at+4, "start", name)
}

func line(b *strings.Builder, x1, y1, x2, y2 float64, colour, dash string) {
	if dash != "" {
		dash = ` stroke-dasharray="` + dash + `"`
	}
	fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="1.5"%s/>`+"\n", x1, y1, x2, y2, colour, dash)
}

// text writes words that need no escaping.
func text(b *strings.Builder, x, y float64, anchor, words string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`+"\n", x, y, anchor, plotInk, words)
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// sizeLabel names a size in KB.
func sizeLabel(kb float64) string {
	if kb >= 1024 {
		return fmt.Sprintf("%g MB", kb/1024)
	}
	return fmt.Sprintf("%g KB", kb)
}

// The plots of the report.
func (r *report) sizePlot() string {
	ticks := []float64{1, 4, 16, 64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10}
	return svg("Time of one message by its size", "size of the message", r.sizes, ticks, sizeLabel)
}

func (r *report) shapePlot() string {
	ticks := []float64{1, 10, 100, 1000, manyParts}
	return svg("Time of one message by its parts, and by levels of multiparts", "parts, levels", r.shapes, ticks, func(n float64) string { return fmt.Sprintf("%g", n) })
}
