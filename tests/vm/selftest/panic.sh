# Takes the kernel down
# claims: none
t_ok "so far"
echo c >/proc/sysrq-trigger
