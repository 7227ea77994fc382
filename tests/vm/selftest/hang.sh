# Never ends
# claims: none
# timeout: 4
t_ok "so far"
sleep 1000
