fun f(n: Int) = getQuantityString(R.plurals.items, n)
val a = R.string.hello + R.string.helo + android.R.string.ok
