package render

// Body returns what is to be put into a mail of HTML made elsewhere: of a whole
// document the content of its body, without the line breaks of its source.
func Body(html string) string { return tight(trimLines(bodyContent(html))) }

// Text returns the text that stands for HTML made elsewhere.
func Text(html string) string { return plainText(html) }
