package seen

import (
	"maps"
	"slices"
)

// Edges of what is near enough to where it would stand. Far is more than anybody writes
// who wants a margin.
const (
	pulled = -24
	far    = 700
)

// nothing is the check of a property that hides by whatever it says.
var nothing = one("none auto normal")

// properties are those that can hide the text of an element, with what they may say. A
// property that text is hidden by and that is not here is a fault.
var properties = map[string]check{
	"display": one("block inline inline-block list-item table inline-table table-row table-cell table-row-group table-header-group " +
		"table-footer-group table-caption flex inline-flex grid inline-grid flow-root contents box inline-box flexbox"),
	"opacity":            atLeastHalf,
	"clip":               one("auto"),
	"clip-path":          nothing,
	"mask":               nothing,
	"mask-image":         nothing,
	"mask-border":        nothing,
	"mask-border-source": nothing,
	"mask-box-image":     nothing,
	"transform":          unmoved,
	"translate":          unmoved,
	"scale":              one("none 1"),
	"rotate":             unmoved,
	"offset":             nothing,
	"offset-path":        nothing,
	"filter":             filtered,
	"backdrop-filter":    blurred,
	"content-visibility": one("visible auto"),
	"content":            one("normal none"),
	"continue":           one("auto"),
	"flex":               grown,
	"flex-basis":         basis,
	"zoom":               zoomed,
	"mix-blend-mode":     nothing,
	"contain":            one("none layout style paint content"),
	"container":          nothing,
	"container-type":     nothing,
	"animation":          nothing,
	"animation-name":     nothing,
	"columns":            nothing,
	"column-count":       one("auto 1"),
	"column-width":       nothing,
	"line-clamp":         nothing,
	"max-lines":          nothing,
	"unicode-bidi":       one("normal embed isolate plaintext"),
	"outline":            thin,
	"outline-width":      thin,
	"outline-offset":     between(0, 40, ""),
	"text-decoration":    thin,
	"border":             edged,
	"border-left":        edged,
	"border-right":       edged,
	"border-width":       edged,
	"border-image":       unfilled,
	"box-shadow":         shadowed,
	"text-shadow":        shadowed,
	"aspect-ratio":       one("auto"),
	"list-style":         unquoted,
	"list-style-type":    unquoted,
	"position-area":      nothing,
	"gap":                apart,
	"column-gap":         apart,
	"overflow-wrap":      one("normal break-word"),
	"line-break":         one("auto loose normal strict"),

	"border-left-width": edged, "border-right-width": edged, "border-inline": edged, "border-inline-width": edged, "border-inline-start": edged,
	"border-inline-start-width": edged, "border-inline-end": edged, "border-inline-end-width": edged, "border-image-slice": unfilled,

	"vertical-align": between(-40, 40, "baseline sub super top text-top middle bottom text-bottom"),
	"baseline-shift": between(-40, 40, "baseline sub super top center bottom"),

	"text-decoration-thickness": between(-1, 4, "auto from-font"),

	"margin":               across(pulled, far),
	"margin-top":           across(pulled, far),
	"margin-bottom":        across(pulled, far),
	"margin-left":          across(pulled, far),
	"margin-right":         across(pulled, far),
	"margin-inline":        across(pulled, far),
	"margin-inline-start":  across(pulled, far),
	"margin-inline-end":    across(pulled, far),
	"margin-block":         across(pulled, far),
	"margin-block-start":   across(pulled, far),
	"margin-block-end":     across(pulled, far),
	"padding":              across(0, far),
	"padding-left":         across(0, far),
	"padding-right":        across(0, far),
	"padding-inline":       across(0, far),
	"padding-inline-start": across(0, far),
	"padding-inline-end":   across(0, far),

	"grid":                  nothing,
	"grid-template":         nothing,
	"grid-template-rows":    nothing,
	"grid-template-columns": nothing,
	"grid-auto-rows":        nothing,
	"grid-auto-columns":     nothing,
	"grid-auto-flow":        one("row dense"),
	"grid-area":             inFirst,
	"grid-column":           inFirst,
	"grid-column-start":     inFirst,
	"grid-column-end":       inFirst,

	"text-wrap":         one("wrap balance pretty stable auto"),
	"text-wrap-mode":    one("wrap"),
	"white-space":       one("normal pre-wrap pre-line break-spaces"),
	"letter-spacing":    between(-1, 12, "normal"),
	"word-spacing":      between(-2, 60, "normal"),
	"text-indent":       across(-24, 150),
	"line-height":       lineHeight,
	"text-security":     nothing,
	"text-stroke":       between(0, 1, ""),
	"text-stroke-width": between(0, 1, ""),
	"text-size-adjust":  adjusted,
	"font-size-adjust":  nothing,
	"visibility":        one("visible"),
	"word-break":        one("normal break-word keep-all auto-phrase"),
	"writing-mode":      one("horizontal-tb lr-tb lr tb-lr"),
	"font-size":         size,

	// Looked at together with others, and here only to be kept: see flow.go, colors.go.
	"color": color, "text-fill-color": color, "background-color": ground, "background-image": nothing, "background-clip": one("border-box padding-box content-box"),
	"color-scheme":  one("normal light"),
	"border-radius": round,
	"width":         wide, "max-width": wide, "min-width": wide, "inline-size": wide, "max-inline-size": wide, "min-inline-size": wide,
	"height": tall, "max-height": tall, "block-size": tall, "max-block-size": tall,
	"overflow-x": one("visible"), "overflow-y": one("visible"),
	"top": placed, "left": placed, "right": placed, "bottom": placed, "inset": placed,
	"inset-inline": placed, "inset-block": placed, "inset-inline-start": placed, "inset-block-start": placed, "inset-inline-end": placed, "inset-block-end": placed,
	"position":    one("static relative"),
	"z-index":     one("auto 0 1"),
	"font-family": func(v string) bool { return !typefaceOf(v).pictures },
}

// propertyNames are the names of properties, in order.
var propertyNames = slices.Sorted(maps.Keys(properties))

// inheritedProperties are those that an element hands down to those in it.
var inheritedProperties = map[string]bool{
	"text-wrap": true, "text-wrap-mode": true, "white-space": true, "letter-spacing": true, "word-spacing": true, "text-indent": true, "line-height": true,
	"text-security": true, "text-stroke": true, "text-stroke-width": true, "text-size-adjust": true, "font-size-adjust": true, "visibility": true,
	"writing-mode": true, "word-break": true, "overflow-wrap": true, "line-break": true, "text-shadow": true,
}

// stacks are the properties by which an element stands in front of others or behind
// them with all that is in it, beside position with z-index.
var stacks = map[string]bool{
	"opacity": true, "transform": true, "translate": true, "scale": true, "rotate": true, "filter": true, "backdrop-filter": true, "perspective": true,
	"clip-path": true, "mask": true, "mask-image": true, "mask-border": true, "isolation": true, "will-change": true, "contain": true,
	"container-type": true, "mix-blend-mode": true, "view-transition-name": true, "z-index": true,
}
