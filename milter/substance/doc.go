// Package substance tells whether bytes are what their label says: a signature, a
// ciphertext, a meeting. A label alone, such as a media type or a file name, anybody
// can write; what is told here has the parts that such a thing is made of, and they
// parse. It verifies no signature.
//
// The package is pure, and takes time linear in what it is given.
package substance
