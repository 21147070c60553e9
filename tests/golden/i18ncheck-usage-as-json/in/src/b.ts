t(`e.${n}.title`)
t(n)
